import { expect, test } from 'vitest';
import { isEngine, PERSISTENCE_ENGINES } from '../../src/model/persistence-engine.js';

test.each(['sip', 'SIP', '', undefined, 5])(
  'of all values only sip names an engine: %o',
  (name) => {
    expect(isEngine(name, PERSISTENCE_ENGINES)).toBe(name === 'sip');
  },
);
