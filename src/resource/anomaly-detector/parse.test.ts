import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS as SHIPPED } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import { type KnownAlgorithms, parseDetectors } from './parse.ts';

const ALGORITHMS: KnownAlgorithms = {
  'z-score': { params: {} },
  auto: { params: {} },
  'median-iqr': {
    params: {
      windowMinutes: {
        kind: 'number',
        summary: 'Length',
        default: 120,
        min: 5,
        max: 1440,
        integer: true,
        unit: 'minutes',
      },
      least: { kind: 'number', summary: 'Least points', optional: true },
      spread: { kind: 'choice', summary: 'Spread', default: 'iqr', choices: ['iqr', 'mad'] },
      gaps: { kind: 'boolean', summary: 'Skip gaps', default: true },
    },
  },
  static: { params: { upper: { kind: 'number', summary: 'The limit' } } },
};

function detector(spec: string, name = 'latency'): string {
  return `apiVersion: monitoring.my.company/v1\nkind: AnomalyDetector\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
}

const LEAST = '  selector: {app: frontend}\n  metricName: latency_seconds\n';

function parse(text: string) {
  return parseDetectors(text, 'd.yaml', ALGORITHMS);
}

function messageOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('bad-config');
    return (error as AppError).message;
  }
  throw new Error('was accepted');
}

describe('a detector file', () => {
  it('gets every default', () => {
    expect(parse(detector(LEAST))).toEqual([
      {
        detector: 'latency',
        selector: { app: 'frontend' },
        metricName: 'latency_seconds',
        algorithm: 'z-score',
        parameters: {},
        threshold: 3,
        guards: {
          direction: 'both',
          minAbsoluteDeviation: 0,
          minRelativeDeviation: 0,
          range: {},
          persistence: { points: 1, of: 1, clear: 1 },
          missing: 'ignore',
        },
      },
    ]);
  });

  it('keeps what is given, and completes the parameters of the algorithm', () => {
    const [plan] = parse(
      detector(`${LEAST}  algorithm: median-iqr
  threshold: 1e1
  parameters: {windowMinutes: 60}
  guards:
    direction: above
    minRelativeDeviation: 0.5
    range: {max: 100}
    persistence: {points: 3, clear: 2}
    missing: end
`),
    );
    expect(plan?.threshold).toBe(10);
    expect(plan?.parameters).toEqual({ windowMinutes: 60, spread: 'iqr', gaps: true });
    expect(plan?.guards).toEqual({
      direction: 'above',
      minAbsoluteDeviation: 0,
      minRelativeDeviation: 0.5,
      range: { max: 100 },
      persistence: { points: 3, of: 3, clear: 2 },
      missing: 'end',
    });
  });

  it('may hold many documents, with empty ones between them', () => {
    const text = `# detectors\n---\n${detector(LEAST, 'a')}---\n---\n${detector(LEAST, 'b')}---\n`;
    expect(parse(text).map((plan) => plan.detector)).toEqual(['a', 'b']);
  });

  it('may use anchors within a document', () => {
    const text = detector('  selector: &s {app: frontend}\n  metricName: m\n').replace(
      '  name: latency',
      '  name: a\n  labels: *s',
    );
    expect(messageOf(text)).toContain('Unresolved alias');
    expect(parse(detector(LEAST).replace('name: latency', 'name: &n latency\n  labels: {same: *n}'))).toHaveLength(1);
  });
});

const WATCHED = `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: latency }
spec:
  selector: { app: frontend }
  metricName: m
`;

describe('a calendar', () => {
  it('becomes a guard with the zone and the holidays of the detector', () => {
    const [plan] = parse(`${WATCHED}  calendar:
    timeZone: Europe/Berlin
    holidays: [{ from: --12-25, to: --12-26, name: Christmas }, { from: 2026-05-01 }]
  guards:
    calendar:
      active: [{ days: [Mon, Tue], from: "08:00", to: "18:00" }]
      quiet: [{ from: "22:00", to: "06:00" }]
`);
    expect(plan?.guards.calendar).toEqual({
      timeZone: 'Europe/Berlin',
      active: [{ days: ['Mon', 'Tue'], from: '08:00', to: '18:00' }],
      quiet: [{ days: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'], from: '22:00', to: '06:00' }],
      holidays: [
        { from: '--12-25', to: '--12-26' },
        { from: '2026-05-01', to: '2026-05-01' },
      ],
      holidaysAre: 'sunday',
    });
  });

  it.each([
    [
      'a zone that is none',
      'calendar: { timeZone: Mars/Olympus }',
      'spec.calendar.timeZone: no time zone is called "Mars/Olympus"',
    ],
    ['no window', 'guards: { calendar: {} }', 'spec.guards.calendar: expected "active", "quiet" or quiet holidays'],
    [
      'an empty list',
      'guards: { calendar: { active: [] } }',
      'spec.guards.calendar.active: expected a list of 1 to 32 items',
    ],
    [
      'a time that is none',
      'guards: { calendar: { quiet: [{ from: "25:00" }] } }',
      'from: expected a time of day, e.g. 08:00',
    ],
    [
      'a window of no length',
      'guards: { calendar: { quiet: [{ from: "08:00", to: "08:00" }] } }',
      'to: expected another time than "from"',
    ],
    [
      'a day that is none',
      'guards: { calendar: { quiet: [{ days: [Monday] }] } }',
      'expected one of: Sun, Mon, Tue, Wed, Thu, Fri, Sat, got the text "Monday"',
    ],
    [
      'a holiday of no year',
      'calendar: { holidays: [{ from: --02-30 }] }',
      'expected a day, e.g. 2026-12-25, or --12-25 of every year',
    ],
    [
      'a holiday of half a year',
      'calendar: { holidays: [{ from: --02-01, to: 2026-02-02 }] }',
      'expected both days of one year, or both of every year',
    ],
  ])('refuses %s', (_, line, problem) => {
    expect(messageOf(`${WATCHED}  ${line}\n`)).toContain(problem);
  });
});

describe('a method that knows local time', () => {
  const real = (text: string) => parseDetectors(text, 'd.yaml', SHIPPED)[0]?.parameters;
  const CALENDAR = `  calendar: { timeZone: Asia/Kolkata, holidays: [{ from: --12-24, to: --12-26 }, { from: 2026-05-01 }] }\n`;

  it('has the zone and the holidays of the detector, unless it is given its own', () => {
    const bands = `${WATCHED}${CALENDAR}  method: { name: seasonal-bands }\n`;
    expect(real(bands)).toMatchObject({ timeZone: 'Asia/Kolkata', holidays: '--12-24..--12-26,2026-05-01' });
    expect(
      real(
        `${WATCHED}${CALENDAR}  method: { name: seasonal-bands, seasonalBands: { season: workday, timeZone: Europe/Berlin } }\n`,
      ),
    ).toMatchObject({ season: 'workday', timeZone: 'Europe/Berlin' });
    expect(real(`${WATCHED}${CALENDAR}  method: { name: ema }\n`)).not.toHaveProperty('timeZone');
    expect(real(`${WATCHED}  method: { name: seasonal-bands }\n`)).not.toHaveProperty('timeZone');
  });

  it.each([
    [
      'a zone that is none',
      'timeZone: Mars/Olympus',
      'd.yaml:7:62 spec.method.seasonalBands.timeZone: no time zone is called "Mars/Olympus"',
    ],
    ['a day that is none', 'holidays: 2026-02-30', 'spec.method.seasonalBands.holidays: there is no day "2026-02-30"'],
    ['what is no list of days', 'holidays: Christmas', 'expected days with commas between them'],
    ['a number', 'timeZone: 5', 'expected a time zone’s name, e.g. Europe/Berlin, got 5'],
  ])('refuses %s', (_, given, problem) => {
    const text = `${WATCHED}  method: { name: seasonal-bands, seasonalBands: { ${given} } }\n`;
    expect(() => real(text)).toThrow(problem);
  });
});

describe('a denominator', () => {
  it('becomes a guard', () => {
    const [plan] = parse(`${WATCHED}  guards: { denominator: { metricName: requests, min: 0.5 } }\n`);
    expect(plan?.guards.denominator).toEqual({ metricName: 'requests', min: 0.5 });
  });

  it.each([
    ['a query, which a tape cannot answer', '{ metricName: r, query: sum(r), min: 1 }', 'query: needs Prometheus'],
    ['less than nothing', '{ metricName: r, min: -1 }', 'min: expected a number of 0 or more'],
    ['no least', '{ metricName: r }', 'spec.guards.denominator.min: is missing'],
  ])('refuses %s', (_, given, problem) => {
    expect(messageOf(`${WATCHED}  guards: { denominator: ${given} }\n`)).toContain(problem);
  });
});

describe('a problem is told with line, path, what was found and what is expected', () => {
  const guards = (inner: string) => detector(`${LEAST}  guards:\n    ${inner}\n`);
  it.each([
    [
      'a threshold beyond its range',
      detector(`${LEAST}  threshold: 300\n`),
      'd.yaml:8:14 spec.threshold: expected a number from 0 to 100, got 300',
    ],
    [
      'a number in quotes',
      detector(`${LEAST}  threshold: "3"\n`),
      'd.yaml:8:14 spec.threshold: expected a number from 0 to 100, got the text "3"',
    ],
    ['a threshold that is no number', detector(`${LEAST}  threshold: .nan\n`), 'd.yaml:8:14 JSON has no such number'],
    [
      'a typo in a key',
      detector(`${LEAST}  treshold: 3\n`),
      'd.yaml:8:3 spec.treshold: unknown field "treshold"; did you mean "threshold"?',
    ],
    [
      'a typo deep down',
      guards('minRelativDeviation: 1'),
      'd.yaml:9:5 spec.guards.minRelativDeviation: unknown field "minRelativDeviation"; did you mean "minRelativeDeviation"?',
    ],
    ['a key that is like no other', guards('zzzzzzzz: 1'), 'known: direction, minAbsoluteDeviation'],
    [
      'a ratio written as a percentage',
      guards('minRelativeDeviation: 50%'),
      'expected a ratio of 0 or more (write 0.5 for 50 %), got the text "50%"',
    ],
    ['an infinite deviation', guards('minAbsoluteDeviation: .inf'), 'd.yaml:9:27 JSON has no such number'],
    ['a direction that is none', guards('direction: up'), 'expected one of: above, below, both, got the text "up"'],
    [
      'half a point',
      guards('persistence: {points: 1.5}'),
      'spec.guards.persistence.points: expected a whole number from 1 to 1000, got 1.5',
    ],
    [
      'more points than are looked at',
      guards('persistence: {points: 3, of: 2}'),
      'spec.guards.persistence.of: expected at least as many as "points", got 2',
    ],
    [
      'a range upside down',
      guards('range: {min: 5, max: 1}'),
      'd.yaml:9:26 spec.guards.range.max: expected more than "min", got 1',
    ],
    [
      'an unknown algorithm',
      detector(`${LEAST}  algorithm: median-iqrr\n`),
      'static, got the text "median-iqrr"; did you mean "median-iqr"?',
    ],
    [
      'an algorithm called like a method of objects',
      detector(`${LEAST}  algorithm: constructor\n`),
      'expected one of: z-score, auto, median-iqr, static, got the text "constructor"',
    ],
    [
      'an unknown parameter',
      detector(`${LEAST}  algorithm: median-iqr\n  parameters: {windowMinute: 5}\n`),
      'd.yaml:9:16 spec.parameters.windowMinute: unknown parameter "windowMinute"; did you mean "windowMinutes"?',
    ],
    [
      'a parameter beyond its range',
      detector(`${LEAST}  algorithm: median-iqr\n  parameters: {windowMinutes: 1}\n`),
      'd.yaml:9:31 spec.parameters.windowMinutes: expected a whole number from 5 to 1440 (minutes), got 1',
    ],
    [
      'a parameter of another kind',
      detector(`${LEAST}  algorithm: median-iqr\n  parameters: {gaps: 1, spread: x}\n`),
      'expected one of: iqr, mad, got the text "x"',
    ],
    [
      'a parameter that must be given',
      detector(`${LEAST}  algorithm: static\n`),
      'spec.parameters.upper: is missing; expected a number',
    ],
    [
      'a selector without labels',
      detector('  selector: {}\n  metricName: m\n'),
      'd.yaml:6:13 spec.selector: expected 1 to 32 labels, e.g. {app: frontend}, got an empty mapping',
    ],
    [
      'a selector that is absent',
      detector('  metricName: m\n'),
      'd.yaml:5:1 spec.selector: is missing; expected 1 to 32 labels',
    ],
    [
      'a label that is no text',
      detector('  selector: {app: frontend, debug: true}\n  metricName: m\n'),
      'spec.selector.debug: expected a text',
    ],
    [
      'a truth that only kubectl sees',
      detector('  selector: {app: yes}\n  metricName: m\n'),
      'd.yaml:6:19 kubectl reads yes as true or false',
    ],
    ['a number of old', `${detector(LEAST)}  threshold: 010\n`, 'd.yaml:8:14 kubectl reads 010 as another number'],
    [
      'a label with a strange name',
      detector('  selector: {"a b": c}\n  metricName: m\n'),
      'd.yaml:6:13 spec.selector: expected a label name',
    ],
    [
      'a label that would be a prototype',
      detector('  selector: {app: b, __proto__: c}\n  metricName: m\n'),
      'd.yaml:6:22 a key may not be __proto__',
    ],
    [
      'an illegal metric',
      detector('  selector: {a: b}\n  metricName: cpu-usage\n'),
      'd.yaml:7:15 spec.metricName: expected a Prometheus metric name',
    ],
    ['an illegal name', detector(LEAST, 'Front_End'), 'd.yaml:4:9 metadata.name: expected lower-case letters'],
    ['a spec that is nothing', detector(''), 'd.yaml:5:6 spec: is null; expected a mapping'],
    [
      'another version',
      detector(LEAST).replace('company/v1', 'company/v3'),
      'd.yaml:1:13 apiVersion: unknown apiVersion "monitoring.my.company/v3"; did you mean "monitoring.my.company/v2"?',
    ],
    [
      'another kind',
      detector(LEAST).replace('AnomalyDetector', 'Deployment'),
      'd.yaml:2:7 kind: unknown kind "Deployment"; known: AnomalyDetector, ClusterAnomalyDetector',
    ],
    ['a list', '- a\n- b\n', 'd.yaml:1:1 expected a mapping, got a list of 2'],
    ['a sentence', 'just words\n', 'd.yaml:1:1 expected a mapping, got the text "just words"'],
    ['a doubled key', `${detector(LEAST)}  metricName: other\n`, 'd.yaml:8:3 this key is given twice'],
    ['a tab', 'spec:\n\tselector: {}\n', 'd.yaml:2:1 Tabs are not allowed'],
    ['an unknown tag', `${detector(LEAST)}  threshold: !secret 3\n`, 'd.yaml:8:14 Unresolved tag'],
    ['a list as key', `${detector(LEAST)}  ? [a]\n  : b\n`, 'd.yaml:8:5 expected a name as key'],
    ['an empty file', '', 'd.yaml: holds no detector'],
    ['a file of comments', '# nothing\n', 'd.yaml: holds no detector'],
    ['a file of empty documents', '---\n---\n', 'd.yaml: holds no detector'],
    ['nesting without end', '['.repeat(100_000), 'd.yaml'],
    ['a file that is too long', '#'.repeat(1_000_001), 'longer than 1000000 characters'],
  ])('%s', (_, text, expected) => {
    expect(messageOf(text)).toContain(expected);
  });

  it('and all of them at once, by line', () => {
    const text = `${detector('  metricName: 5\n  algorithm: zscore\n')}---\n${detector(`${LEAST}  threshold: -1\n`, 'b')}`;
    const lines = messageOf(text).split('\n');
    expect(lines[0]).toBe('d.yaml: 4 problems');
    expect(lines.slice(1).map((line) => line.trim().split(' ').slice(0, 2).join(' '))).toEqual([
      'd.yaml:5:1 spec.selector:',
      'd.yaml:6:15 spec.metricName:',
      'd.yaml:7:14 spec.algorithm:',
      'd.yaml:16:14 spec.threshold:',
    ]);
    expect(lines[3]).toContain('did you mean "z-score"?');
  });

  it('and a second detector of the same name is refused with the line of the first', () => {
    const message = messageOf(`${detector(LEAST)}---\n${detector(LEAST)}`);
    expect(message).toContain('d.yaml:12:9 metadata.name: "latency" is taken by the detector in line 4');
  });

  it('and aliases that multiply are not followed', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? '"x"' : Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ');
      return `  l${level}: &a${level} [${inner}]`;
    });
    expect(messageOf(`metadata:\n${levels.join('\n')}\n`)).toContain('Excessive alias count');
  });
});

it('tells the first twenty of very many problems and counts the rest', () => {
  const keys = Array.from({ length: 500 }, (_, index) => `zz${index}: 1`).join('\n');
  const lines = messageOf(detector(LEAST) + keys).split('\n');
  expect(lines).toHaveLength(22);
  expect(lines[0]).toBe('d.yaml: 500 problems');
  expect(lines.at(-1)).toBe('  … and 480 more');
});

it('says that nesting is too deep, also where YAML itself runs out of stack and wraps that', () => {
  const message = messageOf(`metadata: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`);
  expect(message).toContain('nested too deep');
  expect(message).not.toContain('call stack');
});

it('never throws anything but an AppError, whatever the text', () => {
  const words = fc.constantFrom(
    'spec:',
    '\n',
    '  ',
    '- ',
    '? ',
    ': ',
    '{',
    '}',
    '[',
    '&a ',
    '*a',
    '!!set',
    '"',
    '---\n',
    '<<',
    '|',
    '%YAML 1.1\n',
    '1e3',
    '\t',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fc.oneof(words, fc.string({ maxLength: 5 }))).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (random) => {
      for (const candidate of [random, detector(LEAST) + random, detector(`  ${random}`)]) {
        try {
          parse(candidate);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
      }
    }),
    { numRuns: 500 },
  );
});

it('the shipped detectors are legal, one setting for all, each metric once', () => {
  const text = readFileSync(new URL('../../../detectors/online-boutique.yaml', import.meta.url), 'utf8');
  const plans = parse(text);
  expect(new Set(plans.map((plan) => plan.metricName)).size).toBe(plans.length);
  expect(plans.length).toBeGreaterThan(5);
  const settings = plans.map(({ detector: _, metricName: __, ...rest }) => JSON.stringify(rest));
  expect(new Set(settings).size).toBe(1);
});
