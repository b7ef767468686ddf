// How a directory knows series and families again: by a number for each. An engine tells them by their labels, which it holds as
// numbers of shared texts and can give back; a judge by digests of their keys, because it is told the labels every time.
import { digestWords } from '#model/digest.ts';
import { familyKey, familyLabels, type Labels, seriesKey } from '#model/series.ts';
import type { Texts } from './texts.ts';
import { createTuples } from './tuples.ts';

export interface Names {
  /** The number of the series; it has one holder more than before. */
  hold(labels: Labels, key?: string): number;
  /** The number of its family, likewise; its own where it is a family of its own. */
  holdFamily(labels: Labels, series: number): number;
  /** The number of what is said about it beside its labels, likewise. */
  holdSaid(labels: Labels): number;
  /** Each number that is held is to be dropped. */
  drop(number: number): void;
  /** What was held, as far as it is. */
  labelsOf(series: number, said: number): Labels;
}

/** By labels; texts are shared with whoever else has them. */
export function namesByLabels(texts: Texts): Names {
  const tuples = createTuples();
  const shapes = createShapes();

  function holdLabels(kind: string, names: readonly string[], labels: Labels): number {
    const words = [texts.hold(shapes.textOf(kind, names))];
    for (const name of names) words.push(texts.hold(labels[name] ?? ''));
    const number = tuples.hold(words);
    // A tuple holds its texts once, however many hold the tuple.
    if (tuples.holders(number) > 1) for (const word of words) texts.drop(word);
    return number;
  }

  function hold(labels: Labels): number {
    const names = Object.keys(labels).filter((name) => !name.startsWith('__'));
    // No metric's name is the same as an empty one, as in the key.
    return holdLabels(SERIES, [METRIC, ...names.sort()], labels);
  }

  function readInto(labels: Record<string, string>, number: number): void {
    const words = tuples.wordsOf(number);
    const names = shapes.namesOf(texts.textOf(words[0] as number));
    for (let index = 0; index < names.length; index++) {
      labels[names[index] as string] = texts.textOf(words[index + 1] as number);
    }
  }

  return {
    hold,
    holdFamily(labels, series) {
      const shared = familyLabels(labels);
      return shared === labels ? tuples.holdAgain(series) : hold(shared);
    },
    holdSaid: (labels) => holdLabels(SAID, Object.keys(labels).filter(isSaid).sort(), labels),
    drop(number) {
      for (const word of tuples.drop(number) ?? []) texts.drop(word);
    },
    labelsOf(series, said) {
      const labels: Record<string, string> = {};
      readInto(labels, series);
      readInto(labels, said);
      return labels;
    },
  };
}

const METRIC = '__name__';
/** Before the names of the labels, so that what is said about a series is never taken for one. */
const SERIES = '=';
const SAID = '?';

function isSaid(name: string): boolean {
  return name.startsWith('__') && name !== METRIC;
}

interface Shape {
  readonly names: readonly string[];
  readonly text: string;
}

/** The names of labels as a text, and back. Series that come together are mostly alike: the last of each kind is kept. */
function createShapes() {
  const last = new Map<string, Shape>();
  return {
    textOf(kind: string, names: readonly string[]): string {
      const known = last.get(kind);
      if (known !== undefined && isSame(known.names, names)) return known.text;
      const text = kind + JSON.stringify(names);
      last.set(kind, { names, text });
      return text;
    },
    namesOf(text: string): readonly string[] {
      const [kind = ''] = text;
      const known = last.get(kind);
      if (known?.text === text) return known.names;
      const names: string[] = JSON.parse(text.slice(1));
      last.set(kind, { names, text });
      return names;
    },
  };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

/** By key alone. */
export function namesByKey(): Names {
  const tuples = createTuples();
  return {
    hold: (labels, key) => tuples.hold(digestWords(key ?? seriesKey(labels))),
    holdFamily: (labels) => tuples.hold(digestWords(familyKey(labels))),
    holdSaid: () => tuples.hold(NOTHING),
    drop: (number) => {
      tuples.drop(number);
    },
    labelsOf: () => ({}),
  };
}

const NOTHING: readonly number[] = [];
