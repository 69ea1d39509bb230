// What the page's side of a night can be asked without a page: `node --test .ci/night_player.test.mjs`.
import {test} from 'node:test';
import assert from 'node:assert/strict';
import {clock, fresh, ticks} from '../sleepdiff/static/night_player.js';

test('a clock counts hours', () => {
  assert.equal(clock(3723.9), '1:02:03');
  assert.equal(clock(-1), '0:00:00');
});

test('what was there before is left out, and what is missing is known', () => {
  assert.equal(fresh(100, 100, 50), 0);                // the next
  assert.equal(fresh(100, 80, 50), 20);                // a part of it was there
  assert.equal(fresh(100, 20, 50), 50);                // all of it
  assert.equal(fresh(100, 101, 50), null);             // something before it is missing
});

test('ticks are round and inside', () => {
  assert.deepEqual(ticks(-60, -10, 3), [-60, -40, -20]);
  assert.deepEqual(ticks(0, 1, 3), [0, 0.5, 1]);
  for (const [from, to, most] of [[0, 20, 4], [13, 700, 5], [0, 28800, 4]]) {
    const found = ticks(from, to, most);
    assert.ok(found.length >= 1 && found.length <= most + 2, String(found));
    assert.ok(found.every(t => t >= from && t <= to));
  }
});
