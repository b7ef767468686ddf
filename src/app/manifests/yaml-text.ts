// Objects → YAML as kubectl reads it, which is YAML 1.1: a bare `on` or `0440` would be something else there.
import { stringify } from 'yaml';

/** One document an object. */
export function toYaml(objects: readonly object[]): string {
  return objects
    .map((object) => `---\n${stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })}`)
    .join('');
}
