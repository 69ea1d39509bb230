// What the page's side of a view of sound can be asked without a page: `node --test .ci/sound_view.test.mjs`.
import {test} from 'node:test';
import assert from 'node:assert/strict';
import {boxOf, clock, frequencyOf, hertz, rowOf, steps, turn, zoomed} from '../sleepdiff/static/sound_view.js';

test('times and frequencies are written for people', () => {
  assert.equal(clock(62.34), '1:02.3');
  assert.equal(clock(59.96), '1:00.0');
  assert.equal(clock(-1), '0:00.0');
  assert.equal(hertz(440.4), '440 Hz');
  assert.equal(hertz(1234), '1.2 kHz');
  assert.equal(hertz(16000), '16 kHz');
});

test('ticks are round, inside, and no more than there is room for', () => {
  assert.deepEqual(steps(0, 12, 8), [0, 2, 4, 6, 8, 10, 12]);
  assert.deepEqual(steps(1.2, 1.5, 4), [1.2, 1.3, 1.4, 1.5]);
  for (const [from, to, most] of [[0, 0.1, 5], [3.3, 97, 12], [0, 600, 7]]) {
    const found = steps(from, to, most);
    assert.ok(found.length <= most + 1 && found.length > 1, String(found));
    assert.ok(found.every(t => t >= from && t <= to));
  }
});

test('a row has a frequency and a frequency a row', () => {
  const hz = [100, 200, 400, 800];
  assert.equal(rowOf(hz, 300), 1.5);
  assert.equal(frequencyOf(hz, 1.5), 300);
  assert.equal(rowOf(hz, 10), 0);
  assert.equal(rowOf(hz, 9999), 3);
  for (const f of [120, 250, 799]) assert.ok(Math.abs(frequencyOf(hz, rowOf(hz, f)) - f) < 1e-9);
});

test('a box has its corners in order and within the clip', () => {
  assert.deepEqual(boxOf({t: 5, f: 900}, {t: 2, f: 200}, 8, 11025), [2, 5, 200, 900]);
  assert.deepEqual(boxOf({t: -1, f: -5}, {t: 20, f: 1e6}, 8, 11025), [0, 8, 0, 11025]);
});

test('a clip ends, or begins again', () => {
  assert.equal(turn(3, 0, 8, false), 3);
  assert.equal(turn(9, 0, 8, false), 8);
  assert.equal(turn(9, 0, 8, true), 1);
  assert.equal(turn(7.5, 2, 4, true), 3.5);
});

test('what is zoomed stays inside, around its place', () => {
  assert.deepEqual(zoomed([0, 12], 0.5, 3, 12), [1.5, 7.5]);
  assert.deepEqual(zoomed([6, 12], 2, 12, 12), [0, 12]);
  const [from, to] = zoomed([0, 12], 1e-6, 12, 12);
  assert.ok(to - from >= 0.1 - 1e-9 && to <= 12);
});
