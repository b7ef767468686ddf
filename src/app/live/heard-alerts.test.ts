import { expect, test } from 'vitest';
import type { AlertBook, Heard } from '#store/contract.ts';
import { countHeard } from './heard-alerts.ts';

test('what is not kept is counted, and handed on as it is', async () => {
  const answers: Heard[] = [
    { own: 1, refused: 2, leftEarly: 3 },
    { own: 0, refused: 1, leftEarly: 0 },
  ];
  const book = { hear: async () => answers.shift() } as unknown as AlertBook;
  const heard = countHeard(book);
  expect(await heard.book.hear([])).toEqual({ own: 1, refused: 2, leftEarly: 3 });
  await heard.book.hear([]);
  expect(heard.counts()).toEqual({ refused: 3, leftEarly: 3 });
});
