import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../schema/json-value.ts';
import { convertDetector } from './convert.ts';

const GROUP = 'watch.example.org';
const NOTE = `${GROUP}/v2-spec`;

function object(version: string, spec: JsonObject, annotations?: Record<string, string>): JsonObject {
  const metadata = { name: 'a', namespace: 'shop', ...(annotations && { annotations }) };
  return { apiVersion: `${GROUP}/${version}`, kind: 'AnomalyDetector', metadata, spec };
}

const OLD = { selector: { app: 'x' }, metricName: 'm', algorithm: 'ema', threshold: 4 };
const NEW = {
  targets: { matchLabels: { app: 'x' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] },
  metrics: [{ name: 'm', kind: 'Gauge' }, { name: 'n' }],
  method: { name: 'median-mad', medianMad: { minPoints: 30 } },
  threshold: 4,
  schedule: { interval: '2m' },
};

describe('what v1 can say', () => {
  it('differs in the version only', () => {
    expect(convertDetector(object('v1', OLD), 'v2')).toEqual(object('v2', OLD));
    expect(convertDetector(object('v2', OLD), 'v1')).toEqual(object('v1', OLD));
  });

  it('stays as it is in its own version', () => {
    const same = object('v2', NEW);
    expect(convertDetector(same, 'v2')).toBe(same);
  });
});

describe('what v1 cannot say', () => {
  const shown = convertDetector(object('v2', NEW), 'v1');
  const { spec } = shown;
  if (!isObject(spec)) throw new Error('v1 shows no spec');
  const written = (change: JsonObject) => convertDetector({ ...shown, spec: { ...spec, ...change } }, 'v2').spec;

  it('is shown as far as it goes, and kept in one annotation', () => {
    expect(spec).toEqual({
      ...{
        selector: { app: 'x' },
        metricName: 'm',
        algorithm: 'median-mad',
        parameters: { minPoints: 30 },
        threshold: 4,
      },
    });
    expect(Object.keys((shown.metadata as { annotations: object }).annotations)).toEqual([NOTE]);
  });

  it('comes back whole, with no trace of the annotation', () => {
    expect(convertDetector(shown, 'v2')).toEqual(object('v2', NEW));
  });

  it('stays when somebody changes a thing in v1 that has nothing to do with it', () => {
    expect(written({ threshold: 5 })).toEqual({ ...NEW, threshold: 5 });
  });

  it('gives way where somebody says it anew in v1', () => {
    const { targets: _, ...rest } = NEW;
    expect(written({ selector: { app: 'y' } })).toEqual({ ...rest, selector: { app: 'y' } });
    const { method: __, ...others } = NEW;
    expect(written({ algorithm: 'ema' })).toEqual({ ...others, algorithm: 'ema', parameters: { minPoints: 30 } });
    const { metrics: ___, ...without } = NEW;
    expect(written({ metricName: 'other' })).toEqual({ ...without, metricName: 'other' });
  });

  it('is a selector that says where to look, where pods are chosen in another way', () => {
    const owned = convertDetector(
      object('v2', { targets: { owner: { kind: 'Job', name: 'j' } }, metricName: 'm' }),
      'v1',
    );
    expect(owned.spec).toMatchObject({ selector: { 'tidewatch.io/selector': 'see-version-v2' }, algorithm: 'auto' });
  });
});

describe('guards that v1 cannot say', () => {
  const calendar = { active: [{ days: ['Mon'], from: '08:00', to: '18:00' }], holidays: 'quiet' };
  const denominator = { metricName: 'requests', min: 5 };
  const whole = { ...NEW, guards: { direction: 'above', calendar, denominator } };
  const shown = convertDetector(object('v2', whole), 'v1');

  it('are not shown in v1, and come back', () => {
    expect(shown.spec).toMatchObject({ guards: { direction: 'above' } });
    expect(JSON.stringify(shown.spec)).not.toContain('calendar');
    expect(convertDetector(shown, 'v2')).toEqual(object('v2', whole));
  });

  it('stay when somebody changes other guards in v1, or takes them all away', () => {
    const written = (guards: JsonObject | undefined) => {
      const { spec } = shown;
      if (!isObject(spec)) throw new Error('v1 shows no spec');
      const { guards: _, ...rest } = spec;
      const back = convertDetector({ ...shown, spec: { ...rest, ...(guards && { guards }) } }, 'v2').spec;
      return isObject(back) ? back.guards : undefined;
    };
    expect(written({ direction: 'below' })).toEqual({ direction: 'below', calendar, denominator });
    expect(written(undefined)).toEqual({ calendar, denominator });
  });
});

describe('the annotation', () => {
  it('of somebody else is an annotation like any other', () => {
    for (const text of ['', 'x', '{}', '{"spec":{},"shown":{}}', '[1]', 'null']) {
      const forged = object('v1', OLD, { [NOTE]: text });
      const there = convertDetector(forged, 'v2');
      expect(there).toEqual(object('v2', OLD, { [NOTE]: text }));
      expect(convertDetector(there, 'v1')).toEqual(forged);
    }
  });

  it('that a v2 object has already comes back too', () => {
    const noted = object('v2', NEW, { [NOTE]: 'mine' });
    expect(convertDetector(convertDetector(noted, 'v1'), 'v2')).toEqual(noted);
  });

  it('keeps big integers digit by digit', () => {
    const big = object('v2', { ...NEW, extension: { apiVersion: 'x/v1', id: 9223372036854775807n } });
    expect(convertDetector(convertDetector(big, 'v1'), 'v2')).toEqual(big);
  });
});

it('refuses what is of no version, in a sentence', () => {
  expect(() => convertDetector({ apiVersion: `${GROUP}/v9` }, 'v1')).toThrow('expected version v1 or v2, got');
});

it('passes a spec that is none on as it is', () => {
  expect(convertDetector({ apiVersion: `${GROUP}/v1`, spec: null }, 'v2')).toEqual({
    apiVersion: `${GROUP}/v2`,
    spec: null,
  });
});
