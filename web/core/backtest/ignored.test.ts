import { describe, expect, test } from 'vitest';
import { writeSettings } from './address.ts';
import { ignoredIn } from './ignored.ts';
import { DEFAULTS, withValue } from './settings.ts';

const STORED = { fromMs: 1000, toMs: 2000 };
const ignored = (query: string): string[] => ignoredIn(new URLSearchParams(query), STORED);

describe('of the address', () => {
  test.each([
    ['series=a&text=b&detector=c'],
    ['method=ema&threshold=4&p.halfLifeMs=600000&g.direction=above'],
    ['method=ema&threshold=3&g.persistencePoints=2&g.persistenceOf=2'],
    ['from=500&to=1500'],
    ['range=2h'],
    ['fault=spike&f.size=8&f.at=1500&f.points=3'],
  ])('%s is taken', (query) => {
    expect(ignored(query)).toEqual([]);
  });

  test.each([
    ['series=a&threshold=-5&method=foo', ['threshold=-5', 'method=foo']],
    // Without a method the settings are the detector's own.
    ['threshold=4&g.direction=above', ['threshold=4', 'g.direction=above']],
    ['method=ema&threshold=-5', ['threshold=-5']],
    ['method=ema&threshold=', ['threshold=']],
    ['method=ema&p.no=3&p.minPoints=1.5&g.direction=up', ['p.no=3', 'p.minPoints=1.5', 'g.direction=up']],
    ['method=ema&p.constructor=3', ['p.constructor=3']],
    ['method=ema&g.persistencePoints=2&g.persistenceOf=1', ['g.persistenceOf=1']],
    ['from=abc', ['from=abc']],
    ['from=9&to=5', ['from=9', 'to=5']],
    ['from=2500&to=3500', ['from=2500', 'to=3500']],
    ['range=9y', ['range=9y']],
    ['fault=storm&f.points=3', ['fault=storm', 'f.points=3']],
    // A spike of no size is none.
    ['fault=spike&f.size=big&f.at=1500', ['fault=spike', 'f.size=big', 'f.at=1500']],
    ['fault=drop-out&f.size=big&f.at=1500&f.points=3', ['f.size=big']],
  ])('%s is not all taken', (query, expected) => {
    expect(ignored(query)).toEqual(expected);
  });

  test('what the page itself wrote is taken', () => {
    const settings = withValue({ ...DEFAULTS, threshold: 7 }, 'guards', 'rangeMin', -2.5);
    expect(ignoredIn(writeSettings(new URLSearchParams(), settings), STORED)).toEqual([]);
  });
});
