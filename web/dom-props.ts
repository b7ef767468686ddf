// Which props of a styled part reach the document: all but those that only its style reads. It stands in for Emotion's list of
// every attribute that there is (vite.config.ts says so), which is two kilobytes of words; web/dom-props.test.ts finds a
// prop that was forgotten here.

/** Read by styles. `as` and `theme` are Emotion's own. */
const STYLE_ONLY: ReadonlySet<string> = new Set([
  'as',
  'gap',
  'loud',
  'outcome',
  'passed',
  'severity',
  'small',
  'theme',
]);

export default function reachesDocument(name: string): boolean {
  return !STYLE_ONLY.has(name);
}
