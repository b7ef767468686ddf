import { expect, test } from 'vitest';
import type { QueryTrouble } from '#pipeline/observed-query.ts';
import { OBSERVED_QUERIES } from './observed-signals.ts';
import { createUnansweredNotice } from './unanswered.ts';

const trouble = (metricName: string, message: string): QueryTrouble => ({
  ...{ metricName, message, sinceMs: 1, code: 'unavailable' },
});
const AWAY = [trouble('all queries', 'no answer from http://p')];
const REFUSED = OBSERVED_QUERIES.map(({ metricName }) => trouble(metricName, 'http://p answered 404'));

function setUp(address = 'http://p') {
  const said: string[] = [];
  const notice = createUnansweredNotice(() => address, { line: (text) => said.push(text), update: () => undefined });
  return { said, hear: (troubles: readonly QueryTrouble[]) => notice.heard({ troubles }) };
}

test('a Prometheus that answers nothing is told of once, and again when that is over', () => {
  const { said, hear } = setUp();
  hear([]);
  expect(said).toEqual([]);
  hear(AWAY);
  hear(AWAY);
  expect(said).toEqual([
    'Metrics   nothing can be watched: no answer from http://p',
    '          It is asked again each minute.',
  ]);
  hear([]);
  hear([]);
  expect(said.slice(2)).toEqual(['Metrics   http://p answers']);
  hear(REFUSED);
  expect(said.slice(3)).toMatchObject([expect.stringContaining('http://p answered 404'), expect.anything()]);
});

test('one query that is refused, and one that was never found, are told elsewhere', () => {
  const one = setUp();
  one.hear(REFUSED.slice(1));
  const none = setUp('');
  none.hear(AWAY);
  expect([...one.said, ...none.said]).toEqual([]);
});
