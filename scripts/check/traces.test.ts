import { expect, test } from 'vitest';
import { findTraces } from './traces.ts';

const find = (text: string, own: readonly string[] = []) => findTraces([{ path: 'a.md', text }], { own });
const slash = '/';

test.each([
  ['a home on Linux', `see ${slash}home/mona/src/x`],
  ['a home on a Mac', `"${slash}Users/mona/src"`],
  ['a home on Windows', `C:\\Users${'\\'}mona`],
  ['the home of root', `cd ${slash}root/x`],
  ['a workspace', `file://${slash}work/main/x`],
])('%s is found, with its line', (_name, text) => {
  expect(find(`first\n${text}`)).toEqual([expect.stringMatching(/^a\.md:2 names something of one machine: /)]);
});

test.each([
  'https://github.com/home/page',
  'src/work/plan.ts',
  '~/work/x',
  '$HOME/root/x',
  '/home/<user>/x',
  '10.96.0.0/16 and 192.168.1.7',
])('%s is not a trace', (text) => {
  expect(find(text)).toEqual([]);
});

test('what the machine itself is called is found where it stands alone', () => {
  const own = ['build-box-7', '10.1.2.3', '/srv/mona'];
  expect(find('x\ny build-box-7.local z', own)).toEqual([expect.stringContaining('a.md:2')]);
  expect(find('http://10.1.2.3:80', own)).toHaveLength(1);
  expect(find('10.1.2.34, build-box-70, a/srv/mona', own)).toEqual([]);
});

test('a line with two traces is named once', () => {
  expect(find(`${slash}root/a ${slash}root/b`)).toHaveLength(1);
});
