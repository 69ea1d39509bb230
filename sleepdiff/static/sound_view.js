// A view of sound: clips as spectrograms, one under the other, of which one is heard.
// nbs/90_sound_view.ipynb says what the traits mean; .ci/sound_view.test.mjs tests what needs no page.

// ---- numbers ----

export const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

export function clock(seconds) {                       // 62.34 -> '1:02.3'
  const tenths = Math.round(Math.max(seconds, 0)*10);
  const rest = tenths % 600;
  return `${(tenths - rest)/600}:${rest < 100 ? '0' : ''}${(rest/10).toFixed(1)}`;
}

export function hertz(hz) {                            // 1234 -> '1.2 kHz'
  return hz < 1000 ? `${Math.round(hz)} Hz` : `${(hz/1000).toFixed(hz < 10000 ? 1 : 0)} kHz`;
}

export function steps(from, to, most) {                // round numbers between two, at most so many
  const bases = [1, 2, 5];
  const wanted = Math.max((to - from)/Math.max(most, 1), 1e-3);
  const ten = 10**Math.floor(Math.log10(wanted));
  const step = (bases.find(base => base*ten >= wanted*0.999) ?? 10)*ten;
  const first = Math.ceil(from/step - 1e-9);
  const count = Math.max(Math.floor(to/step + 1e-9) - first + 1, 0);
  return Array.from({length: count}, (_, i) => Number(((first + i)*step).toFixed(3)));
}

export function rowOf(hz, frequency) {                 // where a frequency lies among those of the rows
  const last = hz.length - 1;
  if (frequency <= hz[0]) return 0;
  if (frequency >= hz[last]) return last;
  const above = hz.findIndex(f => f >= frequency);
  return above - 1 + (frequency - hz[above - 1])/(hz[above] - hz[above - 1]);
}

export function frequencyOf(hz, row) {                 // and back
  const below = clamp(Math.floor(row), 0, hz.length - 2);
  const part = clamp(row - below, 0, 1);
  return hz[below] + part*(hz[below + 1] - hz[below]);
}

export function boxOf(a, b, seconds, top) {            // of two corners {t, f}: [start, end, low, high]
  const times = [a.t, b.t].map(t => clamp(t, 0, seconds)).sort((x, y) => x - y);
  const bands = [a.f, b.f].map(f => clamp(f, 0, top)).sort((x, y) => x - y);
  return [...times, ...bands].map((x, i) => Number(x.toFixed(i < 2 ? 3 : 1)));
}

export function turn(position, from, to, loops) {      // where a clip is that went on beyond its end
  if (position < to || !(to > from)) return position;
  return loops ? from + (position - from) % (to - from) : to;
}

export function zoomed([from, to], factor, around, seconds, least = 0.1) {
  const length = clamp((to - from)*factor, Math.min(least, seconds), seconds);
  const start = clamp(around - (around - from)/(to - from)*length, 0, seconds - length);
  return [start, start + length];
}

// ---- sound ----

const FADE = 0.012;                                    // seconds, so that nothing clicks
let context = null;                                    // one for the page

export function audioContext() {
  context = context ?? new AudioContext();
  return context;
}

export function bufferOf(clip) {                       // 16-bit samples, channel by channel
  const bytes = clip.audio;
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const length = samples.length/clip.channels;
  const buffer = audioContext().createBuffer(clip.channels, length, clip.rate);
  for (let c = 0; c < clip.channels; c++) {
    const x = buffer.getChannelData(c);
    for (let i = 0; i < length; i++) x[i] = samples[c*length + i]/32768;
  }
  return buffer;
}

class Sound {                                          // of one model, whatever the number of its views
  constructor(model) {
    this.model = model;
    this.buffers = new Map();
    this.voice = null;                                 // {source, gain, from, at, loop: [start, end] or null}
    this.quiet = () => this.stop();
    this.listen();
  }

  get(name) { return this.model.get(name); }

  clip(i = this.get('current')) { return this.get('clips')[i]; }

  listen() {
    const {model} = this;
    model.on('change:playing', () => this.get('playing') ? this.play() : this.stop());
    model.on('change:current', () => this.renew());
    model.on('change:loop', () => this.renew());
    model.on('change:boxes', () => this.get('loop') && this.renew());
    model.on('change:clips', () => {
      this.buffers.clear();
      if (this.clip()) this.renew();
      else this.stop();
    });
    model.on('change:volume', () => this.level());
    model.on('change:position', () => {
      if (!this.own) this.renew(this.get('position')); // Python moved it
    });
    document.addEventListener('sleepdiff-play', event => {
      if (event.detail !== this) this.stop();
    }, {signal: (this.ended = new AbortController()).signal});
  }

  range() {                                            // seconds that are played: a box, where it loops
    const box = this.get('loop') ? this.get('boxes')[0] : null;
    const seconds = this.clip().seconds;
    return box && box[0] < seconds ? [box[0], Math.min(box[1], seconds)] : [0, seconds];
  }

  now() {                                              // seconds from the beginning of the clip
    const {voice} = this;
    if (!voice) return this.get('position');
    const passed = audioContext().currentTime - voice.at;
    return turn(voice.from + Math.max(passed, 0), ...voice.range, voice.loops);
  }

  gain() {
    return this.get('volume')**2*10**((this.clip().gain_db ?? 0)/20);
  }

  level() {
    const {voice} = this;
    if (voice) voice.gain.gain.setTargetAtTime(this.gain(), audioContext().currentTime, FADE/3);
  }

  start(from) {
    const audio = audioContext();
    const key = this.get('current');
    if (!this.buffers.has(key)) this.buffers.set(key, bufferOf(this.clip()));
    const range = this.range();
    const loops = this.get('loop');
    if (from >= range[1] - 0.01 || (loops && from < range[0])) from = range[0];
    const source = new AudioBufferSourceNode(audio, {buffer: this.buffers.get(key)});
    const gain = new GainNode(audio, {gain: 0});
    if (loops) Object.assign(source, {loop: true, loopStart: range[0], loopEnd: range[1]});
    source.connect(gain).connect(audio.destination);
    const at = audio.currentTime + 0.005;
    source.start(at, from);
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(this.gain(), at + FADE);
    const voice = {source, gain, from, at, range, loops};
    source.onended = () => {
      gain.disconnect();
      if (this.voice === voice) this.finish();
    };
    this.voice = voice;
  }

  fade() {                                             // the sound that is there goes
    const {voice} = this;
    this.voice = null;
    if (!voice) return;
    const now = audioContext().currentTime;
    voice.gain.gain.cancelScheduledValues(now);
    voice.gain.gain.setTargetAtTime(0, now, FADE/3);
    voice.source.stop(now + 2*FADE);
  }

  async play() {
    if (!this.clip()) return this.stop();
    if (this.voice) return;
    document.dispatchEvent(new CustomEvent('sleepdiff-play', {detail: this}));
    await audioContext().resume();
    if (this.get('playing') && !this.voice) this.start(this.get('position'));
  }

  stop() {
    if (this.voice) this.tell(this.now());
    this.fade();
    if (this.get('playing')) {
      this.model.set('playing', false);
      this.model.save_changes();
    }
  }

  finish() {                                           // it came to its end
    this.voice = null;
    this.tell(0);
    this.stop();
  }

  renew(to = this.now()) {                             // goes on at the same moment with what is now asked
    if (!this.voice) return;
    this.fade();
    this.start(clamp(to, 0, this.clip()?.seconds ?? 0));
  }

  seek(position) {
    const playing = this.voice !== null;
    const to = clamp(position, 0, this.clip()?.seconds ?? 0);
    this.fade();
    this.tell(to);
    if (playing) this.start(to);
  }

  tell(position) {                                     // Python, and all views
    this.own = true;
    this.model.set('position', Number(position.toFixed(3)));
    this.own = false;
    this.model.save_changes();
  }

  close() {
    this.fade();
    this.ended.abort();
  }
}

// ---- the page ----

const STYLE = `
.sleepdiff-view { font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif); color: var(--sd-ink);
  --sd-ink: var(--jp-ui-font-color1, var(--vscode-foreground, CanvasText));
  --sd-line: var(--jp-border-color1, var(--vscode-widget-border, #8886));
  --sd-paper: var(--jp-layout-color1, var(--vscode-editor-background, Canvas));
  --sd-accent: var(--jp-brand-color1, #1976d2);
  padding: 4px; border-radius: 4px; max-width: 100%; box-sizing: border-box; }
.sleepdiff-view:focus-visible, .sleepdiff-view button:focus-visible, .sleepdiff-view input:focus-visible {
  outline: 2px solid var(--sd-accent); outline-offset: 1px; }
.sleepdiff-bar { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; margin-bottom: 4px; }
.sleepdiff-bar button, .sleepdiff-name { border: 1px solid var(--sd-line); border-radius: 4px; cursor: pointer;
  background: var(--sd-paper); color: var(--sd-ink); font: inherit; padding: 2px 8px; min-height: 26px; }
.sleepdiff-bar button { min-width: 30px; }
.sleepdiff-bar button[aria-pressed=true] { background: var(--sd-accent); color: #fff; border-color: var(--sd-accent); }
.sleepdiff-bar .sleepdiff-time { font-variant-numeric: tabular-nums; min-width: 8.5em; }
.sleepdiff-bar input[name=position] { flex: 1 1 120px; min-width: 80px; }
.sleepdiff-bar input[name=volume] { width: 70px; }
.sleepdiff-rows { max-height: 70vh; overflow-y: auto; }
.sleepdiff-row { position: relative; margin-bottom: 3px; }
.sleepdiff-row canvas { display: block; width: 100%; touch-action: pan-y; }
.sleepdiff-row canvas + canvas { position: absolute; inset: 0; cursor: crosshair; }
.sleepdiff-row[data-current=true] { box-shadow: -3px 0 0 var(--sd-accent); }
.sleepdiff-name { position: absolute; top: 4px; left: 58px; opacity: .88; max-width: calc(100% - 70px);
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding: 0 7px; min-height: 24px; }
.sleepdiff-name[aria-pressed=true] { border-color: var(--sd-accent); font-weight: 600; }
.sleepdiff-said { min-height: 1.4em; opacity: .85; font-variant-numeric: tabular-nums; }
.sleepdiff-heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
const LEFT = 52;                                       // pixels for the frequencies
const BOTTOM = 18;                                     // and for the seconds, under the last row
const SEMITONE = 2**(1/12);
const SHAPES = {                                       // in a square of 16
  play: 'M4 2 L13 8 L4 14 Z', pause: 'M4 2h3v12h-3z M9 2h3v12h-3z',
  volume: 'M1 6h3l4-4v12l-4-4h-3z M10 5a4 4 0 0 1 0 6l1 1a5.5 5.5 0 0 0 0-8z',
  loop: 'M3 8a5 5 0 0 1 8.5-3.5L10 6h4V2l-1.3 1.3A6.5 6.5 0 0 0 1.5 8z'
    + 'M13 8a5 5 0 0 1-8.5 3.5L6 10H2v4l1.3-1.3A6.5 6.5 0 0 0 14.5 8z',
};

function make(tag, attributes = {}, text = '') {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  for (const [key, value] of Object.entries({width: 14, height: 14, viewBox: '0 0 16 16', 'aria-hidden': true}))
    svg.setAttribute(key, value);
  path.setAttribute('d', SHAPES[name]);
  path.setAttribute('fill', 'currentColor');
  svg.append(path);
  return svg;
}

function pictureOf(clip, colors) {                     // a canvas of one point a frame and band
  const {width, height} = clip;
  const values = new Uint8Array(clip.picture.buffer, clip.picture.byteOffset, width*height);
  const table = new Uint8Array(colors.buffer, colors.byteOffset, 768);
  const image = new ImageData(width, height);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const value = values[(height - 1 - row)*width + x]*3;
      image.data.set([table[value], table[value + 1], table[value + 2], 255], (row*width + x)*4);
    }
  }
  const canvas = Object.assign(document.createElement('canvas'), {width, height});
  canvas.getContext('2d').putImageData(image, 0, 0);
  return canvas;
}

class View {
  constructor(model, sound, el) {
    Object.assign(this, {model, sound, el});
    this.ended = new AbortController();
    this.build();
    const redraw = () => this.draw();
    this.on('clips pictured', () => this.fill());
    this.on('current boxes window loop', redraw);
    this.on('clips current', () => this.reveal());
    this.on('playing position current loop boxes', () => this.state());
    this.on('volume', () => { this.volume.value = this.get('volume'); });
    this.sizes = new ResizeObserver(redraw);
    this.sizes.observe(this.root);
    this.fill();
  }

  get(name) { return this.model.get(name); }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  on(names, act) {
    for (const name of names.split(' ')) {
      this.model.on(`change:${name}`, act);
      this.ended.signal.addEventListener('abort', () => this.model.off(`change:${name}`, act));
    }
  }

  button(label, act, content) {
    const b = make('button', {type: 'button', 'aria-label': label, title: label});
    b.append(content);
    b.addEventListener('click', act);
    this.bar.append(b);
    return b;
  }

  range(name, label, most, act) {
    const numbers = {min: 0, max: most, step: 0.01};
    const input = make('input', {type: 'range', name, ...numbers, 'aria-label': label, title: label});
    input.addEventListener('input', () => act(Number(input.value)));
    this.bar.append(input);
    return input;
  }

  build() {
    const about = 'Sound. Space plays, arrows seek, 1 to 9 or up and down choose a clip, L loops, plus and minus zoom, '
      + 'bracket keys set a box, comma and period its lower edge, less and greater its upper edge, Escape removes it.';
    this.root = make('div', {class: 'sleepdiff-view', tabindex: 0, role: 'group', 'data-lm-suppress-shortcuts': 'true',
      'aria-label': this.get('label') || 'Sound', 'aria-description': about});
    this.bar = make('div', {class: 'sleepdiff-bar', role: 'toolbar', 'aria-label': 'Player'});
    this.playButton = this.button('Play', () => this.toggle(), icon('play'));
    this.time = make('span', {class: 'sleepdiff-time'});
    this.bar.append(this.time);
    this.place = this.range('position', 'Position', 1, value => this.sound.seek(value));
    this.loopButton = this.button('Loop', () => this.set({loop: !this.get('loop')}), icon('loop'));
    this.button('Zoom out', () => this.zoom(2), '−');
    this.button('Zoom in', () => this.zoom(0.5), '+');
    this.button('Show all of it', () => this.set({window: []}), 'all');
    this.bar.append(icon('volume'));
    this.volume = this.range('volume', 'Volume', 1, value => this.set({volume: value}));
    this.volume.value = this.get('volume');
    this.rows = make('div', {class: 'sleepdiff-rows'});
    this.said = make('div', {class: 'sleepdiff-said'});
    this.heard = make('div', {class: 'sleepdiff-heard', 'aria-live': 'polite'});
    this.root.append(make('style', {}, STYLE), this.bar, this.rows, this.said, this.heard);
    this.root.addEventListener('keydown', event => this.key(event));
    this.el.append(this.root);
  }

  seconds() { return Math.max(...this.get('clips').map(c => c.seconds), 0.001); }

  window() {
    const asked = this.get('window');
    return asked.length == 2 ? asked : [0, this.seconds()];
  }

  fill() {                                             // a row for each clip
    const colors = this.get('colors');
    this.rows.replaceChildren();
    this.drawn = this.get('clips').map((clip, i) => {
      const row = make('div', {class: 'sleepdiff-row'});
      const [below, above] = [make('canvas', {role: 'img'}), make('canvas', {'aria-hidden': 'true'})];
      const what = this.get('pictured') ? 'Spectrogram of' : 'Place in';
      below.setAttribute('aria-label', `${what} ${clip.name || `clip ${i + 1}`}`);
      row.append(below, above);
      const name = make('button', {type: 'button', class: 'sleepdiff-name'}, this.nameOf(i));
      name.addEventListener('click', () => this.set({current: i}));
      if (clip.name || this.get('clips').length > 1) row.append(name);
      above.addEventListener('pointerdown', event => this.press(event, i));
      above.addEventListener('pointermove', event => this.hover(event, i));
      above.addEventListener('pointerleave', () => this.say(''));
      above.addEventListener('wheel', event => this.wheel(event, i), {passive: false});
      this.rows.append(row);
      return {row, below, above, name, picture: pictureOf(clip, colors)};
    });
    this.draw();
    this.state();
  }

  nameOf(i) {
    const {name, gain_db: gain} = this.get('clips')[i];
    const matched = Math.abs(gain ?? 0) >= 0.05 ? ` (${gain > 0 ? '+' : '−'}${Math.abs(gain).toFixed(1)} dB)` : '';
    const letter = this.get('clips').length > 1 ? String(i + 1) : '';
    return [letter, name].filter(Boolean).join(' · ') + matched;
  }

  // -- drawing --

  scale(i) {                                           // between pixels and what they stand for
    const {above} = this.drawn[i];
    const [from, to] = this.window();
    const hz = this.get('hz');
    const width = Math.max(above.clientWidth - LEFT, 1), height = this.get('row_height');
    return {
      x: t => LEFT + (t - from)/(to - from)*width,
      y: f => height*(1 - (rowOf(hz, f) + 0.5)/hz.length),
      t: x => from + (x - LEFT)/width*(to - from),
      f: y => y <= 6 ? this.top() : y >= height - 6 ? 0 : frequencyOf(hz, (1 - y/height)*hz.length - 0.5),
      width, height,
    };
  }

  top() { return this.get('fmax'); }

  surface(canvas, height) {                            // its context, in pixels of the page
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    canvas.style.height = `${height}px`;
    canvas.width = Math.max(Math.round(width*ratio), 1);
    canvas.height = Math.round(height*ratio);
    const g = canvas.getContext('2d');
    g.scale(ratio, ratio);
    return g;
  }

  isFilled() { return this.drawn.length == this.get('clips').length; }   // other clips may be there already

  reveal() {                                           // scroll to the row of what is heard
    const row = this.isFilled() && this.drawn[this.get('current')]?.row;
    if (!row) return;
    const [inner, outer] = [row, this.rows].map(element => element.getBoundingClientRect());
    this.rows.scrollTop += Math.min(inner.top - outer.top, 0) + Math.max(inner.bottom - outer.bottom, 0);
  }

  draw() {
    if (!this.root.clientWidth || !this.isFilled()) return;
    this.drawn.forEach((_, i) => this.drawRow(i));
    this.mark();
  }

  drawRow(i) {
    const last = i == this.drawn.length - 1;
    const {below, picture} = this.drawn[i];
    const {width, height, x, y} = this.scale(i);
    const [from, to] = this.window();
    const clip = this.get('clips')[i];
    const g = this.surface(below, height + (last ? BOTTOM : 0));
    const ink = getComputedStyle(this.root).color;
    const part = picture.width/clip.seconds;
    const end = Math.min(to, clip.seconds);
    const pictured = this.get('pictured');
    g.fillStyle = pictured ? '#8882' : '#555';
    g.fillRect(LEFT, 0, width, height);
    if (end > from && pictured)
      g.drawImage(picture, from*part, 0, (end - from)*part, picture.height, LEFT, 0, x(end) - LEFT, height);
    Object.assign(g, {fillStyle: ink, font: '11px system-ui, sans-serif', textAlign: 'right', textBaseline: 'middle'});
    let free = Infinity;
    for (const f of pictured ? [16000, 8000, 4000, 2000, 1000, 500, 250, 100] : []) {
      const at = y(f);
      if (f > this.top() || at < 6 || at > height - 6 || (free < Infinity && at - free < 16)) continue;
      g.fillText(hertz(f), LEFT - 5, at);
      g.fillRect(LEFT - 3, at, 3, 1);
      free = at;
    }
    if (last) {
      Object.assign(g, {textAlign: 'center', textBaseline: 'top'});
      for (const t of steps(from, to, width/70)) {
        g.fillRect(x(t), height, 1, 3);
        g.fillText(`${t} s`, clamp(x(t), LEFT + 8, LEFT + width - 12), height + 5);
      }
    }
  }

  mark() {                                             // boxes and the playhead
    const now = this.sound.now();
    const current = this.get('current');
    this.drawn.forEach(({above, row, name}, i) => {
      const {x, y, height, width} = this.scale(i);
      const g = this.surface(above, height);
      g.beginPath();
      g.rect(LEFT, 0, width, height);
      g.clip();
      for (const [start, end, low, high] of [...this.get('boxes'), ...(this.drag?.box ? [this.drag.box] : [])]) {
        const upper = high >= this.top() - 1 ? 0 : y(high), lower = low <= 0 ? height : y(low);
        g.fillStyle = '#ffffff33';
        g.fillRect(x(start), upper, x(end) - x(start), lower - upper);
        Object.assign(g, {strokeStyle: '#fff', lineWidth: 1.5});
        g.setLineDash([5, 3]);
        g.strokeRect(x(start), upper + 1, x(end) - x(start), lower - upper - 2);
      }
      g.setLineDash([]);
      g.fillStyle = i == current ? '#fff' : '#fff8';
      g.fillRect(x(now) - 0.75, 0, 1.5, height);
      row.dataset.current = i == current && this.drawn.length > 1;
      name.setAttribute('aria-pressed', i == current);
    });
    this.time.textContent = `${clock(now)} / ${clock(this.sound.clip()?.seconds ?? 0)}`;
    if (document.activeElement !== this.place || this.sound.voice) this.place.value = now;
  }

  state() {                                            // what the buttons say
    const playing = this.get('playing');
    const label = playing ? 'Pause' : 'Play';
    this.playButton.replaceChildren(icon(playing ? 'pause' : 'play'));
    this.playButton.setAttribute('aria-label', label);
    this.playButton.title = `${label} (space)`;
    this.loopButton.setAttribute('aria-pressed', this.get('loop'));
    this.place.max = this.sound.clip()?.seconds ?? 1;
    this.heard.textContent = this.words();
    if (this.drawn.length && this.isFilled()) this.mark();
    if (playing && !this.frame) this.frame = requestAnimationFrame(() => this.animate());
  }

  words() {
    const clip = this.sound.clip();
    if (!clip) return 'nothing to hear';
    const boxes = this.get('boxes').map(([a, b, low, high]) =>
      `box ${a.toFixed(1)} to ${b.toFixed(1)} seconds, ${hertz(low)} to ${hertz(high)}`);
    const place = `${this.get('position').toFixed(1)} of ${clip.seconds.toFixed(1)} seconds`;
    const what = this.get('playing') ? 'playing' : `stopped at ${place}`;
    return [what, this.nameOf(this.get('current')), ...boxes].filter(Boolean).join('; ');
  }

  animate() {
    this.frame = null;
    if (this.ended.signal.aborted || !this.get('playing')) return;
    const [from, to] = this.window(), now = this.sound.now();
    if (this.sound.voice && !this.drag && (now > to || now < from)) {
      const start = clamp(now, 0, Math.max(this.seconds() - (to - from), 0));
      this.set({window: [start, start + to - from]});
    }
    this.mark();
    this.frame = requestAnimationFrame(() => this.animate());
  }

  say(text) { this.said.textContent = text; }

  // -- hands --

  toggle() { this.set({playing: !this.get('playing')}); }

  zoom(factor, around = this.sound.now()) {
    const all = this.seconds();
    const next = zoomed(this.window(), factor, around, all);
    this.set({window: next[1] - next[0] >= all - 1e-6 ? [] : next});
  }

  pan(seconds) {
    const [from, to] = this.window();
    const start = clamp(from + seconds, 0, this.seconds() - (to - from));
    if (to - from < this.seconds()) this.set({window: [start, start + to - from]});
  }

  wheel(event, i) {
    const {t, width} = this.scale(i);
    const [from, to] = this.window();
    if (event.ctrlKey || event.metaKey) this.zoom(2**(event.deltaY/200), t(event.offsetX));
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
      this.pan((event.deltaX || event.deltaY)/width*(to - from));
    else return;
    event.preventDefault();
  }

  corner(event, i) {
    const {t, f} = this.scale(i);
    const place = this.drawn[i].above.getBoundingClientRect();
    return {t: t(event.clientX - place.left), f: f(event.clientY - place.top), x: event.clientX, y: event.clientY};
  }

  press(event, i) {
    if (event.button) return;
    const {above} = this.drawn[i];
    above.setPointerCapture(event.pointerId);
    this.drag = {from: this.corner(event, i), row: i, more: event.shiftKey, pointer: event.pointerId};
    this.root.focus({preventScroll: true});
    event.preventDefault();
    const done = new AbortController();
    const end = keep => this.release(keep, done);
    above.addEventListener('pointerup', () => end(true), {signal: done.signal});
    above.addEventListener('pointercancel', () => end(false), {signal: done.signal});
  }

  hover(event, i) {
    const at = this.corner(event, i);
    const {drag} = this;
    if (drag?.pointer == event.pointerId && drag.row == i) {
      const far = Math.hypot(at.x - drag.from.x, at.y - drag.from.y) > 5;
      if (this.get('selectable') && (far || drag.box)) {
        drag.box = boxOf(drag.from, at, this.get('clips')[i].seconds, this.top());
        this.mark();
      } else if (far) {
        this.sound.seek(at.t);
      }
    }
    this.say(this.under(at, i));
  }

  under(at, i) {                                       // what is beneath the pointer
    const clip = this.get('clips')[i];
    if (at.t < 0 || at.t >= clip.seconds) return '';
    if (!this.get('pictured')) return `${at.t.toFixed(2)} s`;
    const [low, high] = this.get('db');
    const column = clamp(Math.floor(at.t/clip.seconds*clip.width), 0, clip.width - 1);
    const row = clamp(Math.round(rowOf(this.get('hz'), at.f)), 0, clip.height - 1);
    const value = clip.picture.getUint8(row*clip.width + column);
    const level = value ? `${(low + value/255*(high - low)).toFixed(0)} dB` : `below ${low.toFixed(0)} dB`;
    return `${at.t.toFixed(2)} s · ${hertz(at.f)} · ${level}`;
  }

  release(keep, done) {
    const {drag} = this;
    done.abort();
    this.drag = null;
    if (!keep) this.mark();
    else if (drag.box) this.set({boxes: drag.more ? [...this.get('boxes'), drag.box] : [drag.box]});
    else {
      if (drag.row != this.get('current')) this.set({current: drag.row});
      this.sound.seek(drag.from.t);
    }
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const onRange = event.target.type == 'range', onButton = event.target.tagName == 'BUTTON';
    if ((onRange && /^(Arrow|Home|End|Page)/.test(event.key)) || (onButton && /^( |Enter)$/.test(event.key))) return;
    const now = this.sound.now(), count = this.get('clips').length;
    const seek = by => this.sound.seek(now + by*(event.shiftKey ? 5 : 1));
    const choose = i => i >= 0 && i < count && this.set({current: i});
    const acts = {
      ' ': () => this.toggle(), l: () => this.set({loop: !this.get('loop')}),
      ArrowLeft: () => seek(-1), ArrowRight: () => seek(1), Home: () => this.sound.seek(0),
      End: () => this.sound.seek(this.sound.clip().seconds - 0.05),
      ArrowUp: () => choose(this.get('current') - 1), ArrowDown: () => choose(this.get('current') + 1),
      '+': () => this.zoom(0.5), '=': () => this.zoom(0.5), '-': () => this.zoom(2), 0: () => this.set({window: []}),
      PageUp: () => this.pan(-this.page()), PageDown: () => this.pan(this.page()),
      Escape: () => this.set({boxes: []}),
      '[': () => this.edge(0, now), ']': () => this.edge(1, now),
      ',': () => this.step(2, 1/SEMITONE), '.': () => this.step(2, SEMITONE),
      '<': () => this.step(3, 1/SEMITONE), '>': () => this.step(3, SEMITONE),
    };
    const key = event.key.length == 1 ? event.key.toLowerCase() : event.key;
    const act = /^[1-9]$/.test(key) ? () => choose(key - 1) : acts[key];
    event.stopPropagation();
    if (!act) return;
    event.preventDefault();
    act();
  }

  page() { return (this.window()[1] - this.window()[0])/2; }

  edge(side, t) {                                      // of the first box, at the playhead
    if (!this.get('selectable')) return;
    const [box, ...rest] = this.get('boxes');
    const next = box ? [...box] : [0, this.sound.clip().seconds, 0, this.top()];
    next[side] = Number(t.toFixed(3));
    if (next[0] < next[1]) this.set({boxes: [next, ...rest]});
  }

  step(side, factor) {                                 // an edge of its band by a semitone
    const [box, ...rest] = this.get('boxes');
    if (!box) return;
    const next = [...box];
    const floor = this.get('hz')[0];
    next[side] = clamp(Math.max(next[side], floor)*factor, 0, this.top());
    if (next[side] <= floor) next[side] = 0;
    next[side] = Number(next[side].toFixed(1));
    if (next[2] < next[3]) this.set({boxes: [next, ...rest]});
  }

  close() {
    this.ended.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    this.root.remove();
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
