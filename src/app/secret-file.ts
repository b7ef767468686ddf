// Secrets come in files, by reference. They are read each time: what is mounted from a Secret is renewed in its place.
import { readFile } from 'node:fs/promises';
import { AppError } from '#kit/errors.ts';

/** The header of a bearer token that stands in a file. `purpose` is what it is for, for whoever reads the error. */
export function bearerFrom(file: string, purpose: string): () => Promise<string> {
  return async () => `Bearer ${await secretOf(file, /^[\x21-\x7e]+$/, 'a token', purpose)}`;
}

/** The header of `user:password` in a file. */
export function basicFrom(file: string, purpose: string): () => Promise<string> {
  return async () =>
    `Basic ${Buffer.from(await secretOf(file, /^[^:\n]+:[^\n]*$/, 'user:password', purpose)).toString('base64')}`;
}

async function secretOf(path: string, form: RegExp, expected: string, purpose: string): Promise<string> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new AppError('bad-config', `${path} cannot be read: ${expected} for ${purpose} is expected in it`, { cause });
  }
  if (!form.test(text)) throw new AppError('bad-config', `${path} does not hold ${expected} in one line`);
  return text;
}
