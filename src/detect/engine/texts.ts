// Texts held once each, by number: of a label's name and value there are as many copies as series have it, and more
// series have it than there are values. Engines of one thread share them.
import { roomIn } from './column.ts';

export interface Texts {
  /** Its number; it has one holder more than before. */
  hold(text: string): number;
  /** It has one holder less; after the last it is forgotten, and its number may be another's. */
  drop(number: number): void;
  textOf(number: number): string;
  readonly size: number;
}

export function createTexts(): Texts {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  const free: number[] = [];
  let holders = new Int32Array(0);
  return {
    hold(text) {
      const known = numbers.get(text);
      const number = known ?? free.pop() ?? texts.length;
      if (known === undefined) {
        numbers.set(text, number);
        texts[number] = text;
        holders = roomIn(holders, texts.length);
      }
      holders[number] = (holders[number] as number) + 1;
      return number;
    },
    drop(number) {
      const left = (holders[number] as number) - 1;
      holders[number] = left;
      if (left > 0) return;
      numbers.delete(texts[number] as string);
      texts[number] = '';
      free.push(number);
    },
    textOf: (number) => texts[number] as string,
    get size() {
      return numbers.size;
    },
  };
}
