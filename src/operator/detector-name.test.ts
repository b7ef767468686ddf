import { expect, it } from 'vitest';
import { objectKey } from '#kube/object-key.ts';
import { isObserved } from '#resource/observe/catalogue.ts';
import { detectorKey, detectorName } from './detector-name.ts';

it.each([
  ['shop', 'cart', 'shop/cart'],
  ['', 'everywhere', '*/everywhere'],
])('of %j and %s it is %s, and its object is found by it', (namespace, name, expected) => {
  const detector = detectorName(namespace, name);
  expect(detector).toBe(expected);
  expect(detectorKey(detector)).toBe(objectKey(namespace, name));
  expect(isObserved(detector)).toBe(false);
});
