// A night that is heard while it is made: blocks of sound, one behind the other to the sample, and its curves.
// nbs/96_player.ipynb says what the traits and messages mean; .ci/night_player.test.mjs tests what needs no page.

// ---- numbers ----

export const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

export function clock(seconds) {                       // 3723 -> '1:02:03'
  const whole = Math.max(Math.floor(seconds), 0);
  const two = x => String(x).padStart(2, '0');
  return `${Math.floor(whole/3600)}:${two(Math.floor(whole/60) % 60)}:${two(whole % 60)}`;
}

export function fresh(next, at, length) {              // samples of a block that were there before; null: some are missing
  return at > next ? null : Math.min(next - at, length);
}

export function ticks(from, to, most) {                // round numbers between two
  const wanted = Math.max((to - from)/Math.max(most, 1), 1e-9);
  const steps = [0.25, 0.5, 1, 2, 3, 5, 6, 10, 12, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];
  const step = steps.find(x => x >= wanted*0.999) ?? 14400;
  const first = Math.ceil(from/step - 1e-9);
  const count = Math.max(Math.floor(to/step + 1e-9) - first + 1, 0);
  return Array.from({length: count}, (_, i) => (first + i)*step);
}

// ---- sound ----

const FADE = 0.03;                                     // seconds of a beginning and of an end
const SOON = 0.08;                                     // seconds from now at which sound begins
const REPORT = 200;                                    // milliseconds between two reports to the kernel

class Sound {                                          // of one model, whatever the number of its views
  constructor(model) {
    this.model = model;
    this.page = Math.random().toString(36).slice(2);   // of several pages one plays
    this.views = 0;
    this.ended = new AbortController();
    this.context = null;
    const heard = model.get('heard');
    this.reset(heard && heard + Math.round(1.25*REPORT/1000*this.rate));   // a page that was loaded again
    model.on('msg:custom', (message, buffers) => this.take(message, buffers));
    model.on('change:playing', () => this.follow());
    model.on('change:page', () => this.follow());
    model.on('change:run', () => { this.silence(); this.reset(0); this.follow(); });
    model.on('change:volume', () => this.level());
    document.addEventListener('sleepdiff-play', event => {
      if (event.detail !== this) this.stop();
    }, {signal: this.ended.signal});
    this.timer = setInterval(() => this.report(), REPORT);
  }

  get(name) { return this.model.get(name); }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  get rate() { return this.get('rate'); }

  get mine() { return this.get('playing') && this.get('page') === this.page; }

  reset(at) {
    this.run = this.get('run');
    this.next = at;                                    // the sample that is to come behind what is here
    this.heard = at;                                   // where it was stopped
    this.waiting = [];                                 // blocks that have no time yet
    this.voices = new Set();
    this.line = null;                                  // {frame, at, end}: sample `at` sounds at `frame` of the context
    this.dry = null;                                   // since when there is nothing, in seconds of the context
    this.silent = 0;                                   // seconds of that in all
    this.last = false;                                 // nothing more comes
  }

  // -- hands --

  play() {
    this.open();
    this.set({playing: true, page: this.page});
  }

  stop() { if (this.mine) this.set({playing: false}); }

  follow() {                                           // what is wanted was changed, here or in Python
    if (this.get('playing') && !this.get('page')) return this.set({page: this.page});
    if (this.mine === Boolean(this.on)) return;
    this.on = this.mine;
    if (!this.on) return this.silence();
    document.dispatchEvent(new CustomEvent('sleepdiff-play', {detail: this}));
    this.open();
    this.next = this.heard;
    this.waiting = [];
    this.ask();
  }

  ask() {                                              // for all from the next sample on
    this.asked = performance.now();
    this.model.send({kind: 'want', run: this.run, at: this.next});
  }

  open() {
    if (this.context?.sampleRate !== this.rate) {
      this.context?.close();
      this.context = new AudioContext({sampleRate: this.rate});
      this.master = new GainNode(this.context, {gain: 0});
      this.volume = new GainNode(this.context, {gain: this.get('volume')**2});
      this.master.connect(this.volume).connect(this.context.destination);
    }
    this.context.resume();
  }

  level() { this.volume?.gain.setTargetAtTime(this.get('volume')**2, this.context.currentTime, 0.02); }

  // -- blocks --

  take(message, buffers) {
    if (message.kind !== 'block' || message.run !== this.run || !this.on) return;
    if (message.jump) this.next = Math.max(this.next, message.at);
    const view = buffers[0];
    const samples = new Int16Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    const channels = this.get('channels');
    const length = samples.length/channels;
    const skip = fresh(this.next, message.at, length);
    if (skip === null) return performance.now() - this.asked > 1000 && this.ask();
    if (skip === length) return;
    const buffer = this.context.createBuffer(channels, length - skip, this.rate);
    for (let c = 0; c < channels; c++) {
      const x = buffer.getChannelData(c);
      for (let i = skip; i < length; i++) x[i - skip] = samples[c*length + i]/32768;
    }
    this.last = message.last;
    this.waiting.push({buffer, at: this.next});
    this.next += length - skip;
    this.flow();
  }

  flow() {                                             // give times to the blocks that wait
    const {context, rate} = this;
    const now = context.currentTime;
    if (this.line && now > this.line.end/rate - 2*FADE) this.runDry();
    if (!this.line && !this.begin()) return;
    for (const {buffer, at} of this.waiting) {
      const source = new AudioBufferSourceNode(context, {buffer});
      source.connect(this.master);
      source.start((this.line.frame + at - this.line.at)/rate);
      this.voices.add(source);
      source.onended = () => { this.voices.delete(source); source.disconnect(); };
    }
    this.waiting = [];
    this.line.end = this.line.frame + this.next - this.line.at;
    this.shape();
  }

  begin() {                                            // once there is enough
    const {rate, waiting} = this;
    if (!waiting.length || !this.last && this.next - waiting[0].at < this.get('lead')*rate*0.9) return false;
    const {gain} = this.master;
    const quiet = Math.max(this.context.currentTime, this.dry ?? 0);
    const frame = Math.ceil((quiet + SOON)*rate);
    gain.cancelScheduledValues(quiet);
    gain.setValueAtTime(0, quiet);
    gain.setValueAtTime(0, frame/rate);
    gain.linearRampToValueAtTime(1, frame/rate + FADE);
    if (this.dry !== null) this.silent += frame/rate - this.dry;
    this.dry = null;
    this.line = {frame, at: waiting[0].at, end: frame};
    return true;
  }

  shape() {                                            // should nothing follow, it ends without a click
    const {gain} = this.master;
    const [start, end] = [this.line.frame/this.rate, this.line.end/this.rate];
    const from = Math.max(this.context.currentTime, start + 1.01*FADE);
    gain.cancelScheduledValues(from);
    gain.setValueAtTime(1, Math.max(end - FADE, from));
    gain.linearRampToValueAtTime(0, Math.max(end, from + 0.001));
  }

  runDry() {                                           // what is here ends, and nothing follows in time
    this.dry = this.line.end/this.rate;
    this.heard = this.line.at + this.line.end - this.line.frame;
    this.line = null;
  }

  silence() {                                          // stop at once
    this.on = false;
    if (!this.context) return;
    const now = this.context.currentTime;
    this.heard = this.position(now + FADE);
    const {gain} = this.master;
    gain.cancelScheduledValues(now);
    gain.setTargetAtTime(0, now, FADE/5);
    for (const source of this.voices) source.stop(now + FADE);
    if (this.dry !== null) this.silent += Math.max(now - this.dry, 0);
    this.voices.clear();
    this.waiting = [];
    this.line = this.dry = null;
    this.next = this.heard;
    this.tell('stopped');
  }

  position(time = this.context?.currentTime) {         // samples that were heard
    if (!this.line) return this.heard;
    const frame = clamp(Math.round(time*this.rate), this.line.frame, this.line.end);
    return this.line.at + frame - this.line.frame;
  }

  ahead() { return this.on ? (this.next - this.position())/this.rate : 0; }

  report() {
    if (!this.on) return;
    if (this.context.state !== 'running') return this.tell('blocked');
    if (this.line && this.context.currentTime >= this.line.end/this.rate) this.runDry();
    this.tell(this.line ? 'playing' : 'dry');
  }

  tell(state) {
    const dry = this.dry === null ? 0 : Math.max(this.context.currentTime - this.dry, 0);
    const at = this.position();
    this.model.send({kind: 'heard', run: this.run, state, at, dry, silent: this.silent + dry});
  }

  close() {
    this.silence();
    this.ended.abort();
    clearInterval(this.timer);
    const {context} = this;
    if (context) setTimeout(() => context.close(), 2000*FADE);
  }
}

// ---- sight ----

const STYLE = `
.sleepdiff-night { font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif); color: var(--sd-ink);
  --sd-ink: var(--jp-ui-font-color1, var(--vscode-foreground, CanvasText));
  --sd-line: var(--jp-border-color1, var(--vscode-widget-border, #8886));
  --sd-paper: var(--jp-layout-color1, var(--vscode-editor-background, Canvas));
  --sd-accent: var(--jp-brand-color1, #1976d2);
  padding: 4px; max-width: 100%; box-sizing: border-box; }
.sleepdiff-night :focus-visible { outline: 2px solid var(--sd-accent); outline-offset: 1px; }
.sleepdiff-night-bar { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; margin-bottom: 4px; }
.sleepdiff-night-bar button { border: 1px solid var(--sd-line); border-radius: 4px; cursor: pointer;
  background: var(--sd-paper); color: var(--sd-ink); font: inherit; padding: 2px 14px; min-height: 28px; min-width: 76px; }
.sleepdiff-night-bar button[aria-pressed=true] { background: var(--sd-accent); color: #fff; border-color: var(--sd-accent); }
.sleepdiff-night-time { font-variant-numeric: tabular-nums; }
.sleepdiff-night-bar label { display: inline-flex; gap: 6px; align-items: center; }
.sleepdiff-night-bar input { width: 90px; }
.sleepdiff-night-words { flex: 1 1 16em; font-weight: 600; }
.sleepdiff-night-charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr)); gap: 4px 14px; }
.sleepdiff-night-charts canvas { display: block; width: 100%; height: 112px; }
`;
const COLORS = ['currentColor', '#1e88e5', '#f4511e', '#43a047', '#ab47bc', '#c0a000'];
const [LEFT, TOP, BOTTOM] = [38, 18, 16];              // pixels around a chart

function make(tag, attributes = {}, text = '') {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

class View {
  constructor(model, sound, el) {
    Object.assign(this, {model, sound, el, ended: new AbortController()});
    sound.views++;
    this.build();
    this.listeners = {'change:playing': () => this.state(), 'change:words': () => this.state(), 'change:page': () => this.state(),
      'change:table': () => this.draw(), 'change:charts': () => this.charts(), 'change:seconds': () => this.tick()};
    for (const [event, f] of Object.entries(this.listeners)) model.on(event, f);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.root);
    this.timer = setInterval(() => this.tick(), 250);
    this.charts();
    this.state();
    this.tick();
  }

  build() {
    this.root = make('div', {class: 'sleepdiff-night', role: 'group', 'aria-label': 'A night while it is made'});
    this.bar = make('div', {class: 'sleepdiff-night-bar'});
    this.button = make('button', {type: 'button'});
    this.button.addEventListener('click', () => this.sound.mine ? this.sound.stop() : this.sound.play());
    this.time = make('span', {class: 'sleepdiff-night-time'});
    this.words = make('span', {class: 'sleepdiff-night-words', role: 'status'});
    const label = make('label', {}, 'Volume');
    const volume = make('input', {type: 'range', min: 0, max: 1, step: 0.01, name: 'volume', 'aria-label': 'Volume'});
    volume.value = this.model.get('volume');
    volume.addEventListener('input', () => this.sound.set({volume: Number(volume.value)}));
    label.append(volume);
    this.bar.append(this.button, this.time, label, this.words);
    this.grid = make('div', {class: 'sleepdiff-night-charts'});
    this.root.append(make('style', {}, STYLE), this.bar, this.grid);
    this.root.dataset.lmSuppressShortcuts = 'true';
    this.el.append(this.root);
  }

  state() {
    const {mine} = this.sound;
    this.button.textContent = mine ? 'Stop' : 'Play';
    this.button.setAttribute('aria-pressed', mine);
    const elsewhere = this.model.get('playing') && this.model.get('page') && !mine;
    const words = elsewhere ? 'played on another page' : this.model.get('words');
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  tick() {
    const {sound, model} = this;
    const seconds = sound.position()/sound.rate;
    const buffered = sound.on ? `, ${Math.max(sound.ahead(), 0).toFixed(1)} s buffered` : '';
    const text = `${clock(seconds)} of ${clock(model.get('seconds'))}${buffered}`;
    if (this.time.textContent !== text) this.time.textContent = text;
    if (sound.on) this.draw();
  }

  charts() {
    this.grid.replaceChildren();
    this.drawn = this.model.get('charts').map(chart => {
      const canvas = make('canvas', {role: 'img'});
      this.grid.append(canvas);
      return {chart, canvas};
    });
    this.draw();
  }

  draw() {
    if (!this.root.clientWidth) return;
    const columns = this.model.get('columns').length;
    const bytes = this.model.get('table');
    const table = bytes?.byteLength ? new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)) : [];
    const rows = columns ? table.length/columns : 0;
    const [from, to] = rows ? [table[0], Math.max(table[(rows - 1)*columns], table[0] + 20)] : [0, 60];
    for (const {chart, canvas} of this.drawn) this.drawChart(canvas, chart, table, rows, columns, from, to);
  }

  drawChart(canvas, chart, table, rows, columns, from, to) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.max(Math.round(width*ratio), 1);
    canvas.height = Math.round(height*ratio);
    const g = canvas.getContext('2d');
    g.scale(ratio, ratio);
    const ink = getComputedStyle(this.root).color;
    const x = t => LEFT + (t - from)/(to - from)*(width - LEFT - 4);
    const y = v => TOP + (chart.high - clamp(v, chart.low, chart.high))/(chart.high - chart.low)*(height - TOP - BOTTOM);
    Object.assign(g, {fillStyle: ink, font: '11px system-ui, sans-serif', textBaseline: 'middle', textAlign: 'right'});
    for (const v of ticks(chart.low, chart.high, 3)) {
      g.globalAlpha = 1;
      g.fillText(String(v), LEFT - 5, y(v));
      g.globalAlpha = 0.15;
      g.fillRect(LEFT, y(v), width - LEFT - 4, 1);
    }
    Object.assign(g, {globalAlpha: 1, textAlign: 'center'});
    for (const t of ticks(from, to, width/80)) g.fillText(clock(t), clamp(x(t), LEFT + 16, width - 22), height - 7);
    let right = LEFT;
    Object.assign(g, {textAlign: 'left'});
    g.fillText(chart.title, right, 8);
    right += g.measureText(chart.title).width + 10;
    const said = [];
    chart.lines.forEach(({name, column, asked}, i) => {
      const color = COLORS[(chart.lines.length > 2 ? i + 1 : i) % COLORS.length];
      g.strokeStyle = g.fillStyle = color === 'currentColor' ? ink : color;
      g.lineWidth = 1.8;
      g.setLineDash(asked ? [5, 3] : []);
      g.beginPath();
      g.moveTo(right, 8);
      g.lineTo(right + 12, 8);
      g.stroke();
      g.fillText(name, right + 15, 8);
      right += 22 + g.measureText(name).width;
      g.beginPath();
      let drawing = false, value = NaN;
      for (let row = 0; row < rows; row++) {
        const v = table[row*columns + column];
        const at = x(table[row*columns]);
        if (Number.isFinite(v)) { drawing ? g.lineTo(at, y(v)) : g.moveTo(at, y(v)); value = v; }
        drawing = Number.isFinite(v);
      }
      g.stroke();
      if (Number.isFinite(value)) said.push(`${name} ${value.toFixed(1)}`);
    });
    g.setLineDash([]);
    const now = this.sound.position()/this.sound.rate;
    g.globalAlpha = 0.7;
    g.fillStyle = ink;
    if (rows && now >= from && now <= to) g.fillRect(x(now) - 0.75, TOP, 1.5, height - TOP - BOTTOM);
    g.globalAlpha = 1;
    canvas.setAttribute('aria-label', `${chart.title}: ${said.join(', ') || 'nothing yet'}`);
  }

  close() {
    this.sound.views--;
    for (const [event, f] of Object.entries(this.listeners)) this.model.off(event, f);
    clearInterval(this.timer);
    this.sizes.disconnect();
    this.root.remove();
    setTimeout(() => this.sound.views || this.sound.stop(), 300);   // nothing plays without a button
  }
}

export default () => {
  let sound = null;
  return {
    initialize({model}) {
      sound = new Sound(model);
      return () => sound.close();
    },
    render({model, el}) {
      const view = new View(model, sound, el);
      return () => view.close();
    },
  };
};
