// A blind listening test on static pages, from a server or from a folder; nbs/99_lab_listening.ipynb writes them.
// Answers stay in this browser until they are complete, and leave it only as the file that is saved at the end.
'use strict';

const test = JSON.parse(document.getElementById('plans').textContent);
const root = document.getElementById('test');
const KEY = `sleepdiff-listening-${test.id}`;
const LEAST = 1;                                       // seconds of each clip that must be heard
const FADE = 40;                                       // milliseconds from one clip to the other
let keeps = true;                                      // whether this browser keeps the answers

// ---- what is kept ----

function random(bytes) {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map(b => b.toString(16).padStart(2, '0')).join('');
}

function fresh() {
  return {listener: random(8), plan: parseInt(random(4), 16) % test.plans.length, answers: []};
}

function isWhole(kept) {
  const trials = kept && test.plans[kept.plan];
  return trials && typeof kept.listener == 'string' && Array.isArray(kept.answers) && kept.answers.length <= trials.length;
}

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return isWhole(kept) ? kept : fresh();
  } catch {
    keeps = false;
    return fresh();
  }
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    keeps = false;
  }
}

let state = recall();
const plan = () => test.plans[state.plan];
const what = test.kind == 'pairs' ? 'pair' : 'clip';

// ---- the page ----

function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...content);
  return element;
}

let leave = () => {};                                  // stops what the screen before has begun

function show(title, ...content) {
  leave();
  leave = () => {};
  const heading = make('h1', {tabindex: -1}, title);
  root.replaceChildren(heading, ...content);
  heading.focus();
}

const button = (label, act, more = {}) => make('button', {type: 'button', onclick: act, ...more}, label);
const paragraph = text => make('p', {}, text);

function welcome() {
  const done = state.answers.length, all = plan().length;
  const minutes = Math.ceil((all - done)*(test.seconds*(test.kind == 'pairs' ? 3 : 1.5) + 5)/60);
  const asked = test.kind == 'pairs'
    ? 'Each time you hear two clips, between which you can switch as often as you like. Say which one you prefer.'
    : 'Each time you hear one clip. Say how good it is, from 0 to 100.';
  const keys = test.kind == 'pairs'
    ? 'Keys: space plays and pauses, 1 and 2 switch, the arrows go back and forth, C chooses what you hear, N is next.'
    : 'Keys: space plays and pauses, the arrows go back and forth, N is next.';
  show(test.title,
    paragraph(`${asked} ${all - done} ${what}s, about ${minutes} minutes. Headphones or good loudspeakers help; set the `
      + 'volume once, and leave it. You may close this page and continue later in the same browser.'),
    paragraph('Nothing is kept of you but a random number, your answers and how long they took.'),
    paragraph(keys),
    button(done ? `Continue with ${what} ${done + 1} of ${all}` : 'Begin', next, {id: 'begin'}));
}

function next() {
  const n = state.answers.length;
  if (n >= plan().length) finish();
  else trial(n);
}

function rest() {
  show('Rest a little', paragraph(`${state.answers.length} of ${plan().length} ${what}s are done. Silence is good for ears; `
    + 'go on when you like. You may also close this page, and continue later.'), button('Go on', next, {id: 'begin'}));
}

// ---- a trial ----

class Player {                                         // of one clip or two, of which one is heard
  constructor(names) {
    this.audios = names.map(name => new Audio(`audio/${name}.${test.format}`));
    this.current = 0;
    this.heard = names.map(() => 0);                   // seconds
    this.audios.forEach((audio, i) => {
      audio.preload = 'auto';
      audio.volume = i ? 0 : 1;
      audio.addEventListener('ended', () => i == this.current && this.stop(0));
      audio.addEventListener('error', () => this.fail(`${audio.getAttribute('src')} cannot be played here.`));
    });
    this.build();
    this.clock = setInterval(() => this.tick(), 50);
    this.at = performance.now();
  }

  get playing() { return !this.audio.paused; }

  get audio() { return this.audios[this.current]; }

  build() {
    this.play = button('Play', () => this.toggle(), {id: 'play'});
    this.place = make('input', {type: 'range', min: 0, max: test.seconds, step: 0.01, value: 0, 'aria-label': 'Position',
      oninput: () => this.seek(Number(this.place.value))});
    this.switches = this.audios.length < 2 ? [] : ['First', 'Second'].map((label, i) =>
      button(label, () => this.choose(i), {'aria-pressed': i == 0 ? 'true' : 'false'}));
    this.said = make('p', {role: 'alert'});
    this.element = make('div', {class: 'player', role: 'group', 'aria-label': 'Player'},
      make('div', {class: 'row'}, this.play, ...this.switches), this.place, this.said);
  }

  fail(text) { this.said.textContent = text; }

  async toggle() {
    if (this.playing) return this.stop(this.audio.currentTime);
    this.seek(this.audio.currentTime);
    try {
      await Promise.all(this.audios.map(audio => audio.play()));
    } catch (error) {
      if (error.name != 'AbortError') this.fail(`The clip cannot be played here (${error.name}).`);
    }
    this.tick();
  }

  stop(to) {
    this.audios.forEach(audio => audio.pause());
    this.seek(to);
    this.tick();
  }

  seek(to) {
    const time = Math.min(Math.max(to, 0), test.seconds);
    for (const audio of this.audios) if (Math.abs(audio.currentTime - time) > 0.01) audio.currentTime = time;
  }

  choose(i) {
    if (i >= this.audios.length) return;
    this.current = i;
    this.switches.forEach((one, j) => one.setAttribute('aria-pressed', i == j));
    this.fade(performance.now());
  }

  fade(start) {                                        // the levels of both are one, so that this is all
    const part = Math.min((performance.now() - start)/FADE, 1);
    this.audios.forEach((audio, i) => {
      const to = i == this.current ? 1 : 0;
      audio.volume = part < 1 ? Math.min(Math.max(audio.volume + (to - audio.volume)*part, 0), 1) : to;
    });
    if (part < 1) setTimeout(() => this.fade(start), 8);
  }

  tick() {
    const now = performance.now();
    if (this.playing) this.heard[this.current] += (now - this.at)/1000;
    this.at = now;
    this.play.textContent = this.playing ? 'Pause' : 'Play';
    this.place.value = this.audio.currentTime;
    this.onheard?.();
  }

  close() {
    clearInterval(this.clock);
    this.audios.forEach(audio => { audio.pause(); audio.removeAttribute('src'); audio.load(); });
  }
}

function radio(label, value) {
  return make('label', {}, make('input', {type: 'radio', name: 'choice', value}), ` ${label}`);
}

function question(clips) {                             // what is asked, and how its answer is read
  if (test.kind == 'pairs') {
    const field = make('fieldset', {}, make('legend', {}, test.question), radio('The first', 0), radio('The second', 1));
    const chosen = () => field.querySelector('input:checked');
    return {field, choose: i => { field.querySelectorAll('input')[i].click(); },
      read: () => chosen() && {chosen: clips[Number(chosen().value)]}};
  }
  let touched = false;
  const shown = make('output', {}, 'not rated yet');
  const scale = make('input', {type: 'range', min: 0, max: 100, step: 1, value: 50, id: 'scale', 'aria-label': test.question});
  const rate = () => { touched = true; shown.textContent = scale.value; scale.dispatchEvent(new Event('change', {bubbles: true})); };
  scale.addEventListener('input', rate);
  scale.addEventListener('pointerup', rate);
  const words = ['bad', 'poor', 'fair', 'good', 'excellent'].map(word => make('span', {}, word));
  const field = make('fieldset', {}, make('legend', {}, test.question), scale,
    make('div', {class: 'words', 'aria-hidden': 'true'}, ...words), shown);
  return {field, choose: () => {}, read: () => touched && {rating: Number(scale.value)}};
}

function trial(n) {
  const clips = plan()[n], all = plan().length;
  const player = new Player(clips);
  const {field, choose, read} = question(clips);
  const began = performance.now();
  const hint = make('p', {class: 'hint', 'aria-live': 'polite'});
  const go = button('Next', accept, {id: 'next', 'aria-disabled': 'true'});
  const missing = () => player.heard.some(s => s < Math.min(LEAST, test.seconds/2))
    ? (clips.length > 1 ? 'Listen to both first.' : 'Listen to it first.') : read() ? '' : 'Then say what you think.';
  function look() {
    const text = missing();
    if (hint.textContent != text) hint.textContent = text;
    go.setAttribute('aria-disabled', text ? 'true' : 'false');
  }
  function accept() {
    if (missing()) return look();
    state.answers.push({trial: n, clips, ...read(), seconds: Math.round((performance.now() - began)/100)/10});
    keep();
    if (state.answers.length < all && state.answers.length % test.rest_every == 0) rest();
    else next();
  }
  function key(event) {
    const {target} = event, typed = event.key.toLowerCase();
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const seek = by => player.seek(player.audio.currentTime + by);
    const acts = {1: () => player.choose(0), 2: () => player.choose(1), c: () => choose(player.current), n: accept};
    if (target.type != 'range' && target.type != 'radio')
      Object.assign(acts, {arrowleft: () => seek(-1), arrowright: () => seek(1)});
    if (target.tagName != 'BUTTON') acts[' '] = () => player.toggle();
    if (!acts[typed]) return;
    event.preventDefault();
    acts[typed]();
    look();
  }
  show(`${what[0].toUpperCase()}${what.slice(1)} ${n + 1} of ${all}`,
    make('progress', {max: all, value: n, 'aria-label': `${n} of ${all} done`}), player.element, field,
    make('div', {class: 'row'}, go, hint), ...unkept());
  document.addEventListener('keydown', key);
  field.addEventListener('change', look);
  player.onheard = look;
  leave = () => { document.removeEventListener('keydown', key); player.close(); };
  look();
}

function unkept() {
  return keeps ? [] : [make('p', {role: 'alert'}, 'This browser keeps nothing: leave the page open until the end.')];
}

// ---- the end ----

function file() {
  const {listener, plan: number, answers} = state;
  return JSON.stringify({format: test.answers_format, test: test.id, listener, plan: number, answers}, null, 2);
}

function save() {
  const url = URL.createObjectURL(new Blob([file()], {type: 'application/json'}));
  const link = make('a', {href: url, download: `answers-${test.id}-${state.listener}.json`});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

function finish() {
  show('Thank you', paragraph(test.ending), button('Save the answers as a file', save, {id: 'save'}),
    paragraph('Somebody else wants to listen on this machine?'),
    button('Begin as another listener', () => {
      if (!confirm('The answers here are forgotten. Are they saved?')) return;
      state = fresh();
      keep();
      welcome();
    }));
}

keep();
if (state.answers.length >= plan().length) finish();
else welcome();
