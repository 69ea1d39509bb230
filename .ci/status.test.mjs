// Names of controls, without a page: `node --test .ci/status.test.mjs`.
import {test} from 'node:test';
import assert from 'node:assert/strict';
import {iconName} from '../sleepdiff/static/status.js';

test('a button that is an icon is called what it does', () => {
  assert.equal(iconName('fa fa-play'), 'Play');
  assert.equal(iconName('fa fa-repeat fa-fw'), 'Repeat');
  assert.equal(iconName('fa fa-random'), 'random');
  assert.equal(iconName(''), '');
});
