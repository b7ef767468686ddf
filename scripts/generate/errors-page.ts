// docs/errors.md: what each error code means to a shell and to an HTTP client, from the table of src/kit/errors.ts.
import { BEYOND, UNJUDGED, WRONG } from '#app/validate/validate.ts';
import type { ERROR_CODES, ErrorCode } from '#kit/errors.ts';
import { NOTICE, table } from './markdown.ts';

/** What the code says of the world, and what helps. The message itself names the place. */
const MEANINGS: Readonly<Record<ErrorCode, readonly [means: string, helps: string]>> = {
  'bad-usage': [
    'An option, an argument or a query is not what was expected.',
    'Ask `--help`; the message says what was expected.',
  ],
  'bad-input': [
    'What was read is not what it should be.',
    'Correct the file at the line that is named, or copy it again.',
  ],
  'tape-truncated': ['The tape ends before its end.', 'Copy it again from where it came from.'],
  'tape-corrupt': ['The tape is not what was written: a checksum differs.', 'Copy it again from where it came from.'],
  'tape-foreign': ['The file is not a tape.', 'Name a `.tape` file.'],
  'tape-newer': ['The tape was written by a newer Tidewatch.', 'Update Tidewatch.'],
  'not-found': ['There is no such file, finding, track or address.', 'Check the name.'],
  unavailable: ['Something that is needed does not answer now.', 'Try again; it may pass by itself.'],
  internal: ['A mistake of ours.', 'Please report it with the message.'],
  'cannot-write': ['A file or folder cannot be written.', 'Check permissions, or name another place.'],
  'disk-full': ['There is no room left.', 'Free some; what was stored before is safe.'],
  'too-much': ['It is more than this was told to take.', 'Ask for less, or raise the limit that the message names.'],
  'in-use': [
    'Another process holds the data folder, or every port is taken.',
    'End the other process, or name another folder or port.',
  ],
  'stale-epoch': ['Another process writes to this store meanwhile.', 'Only the newest writer goes on; end this one.'],
  'other-stream': [
    'The data belong to another tape or to other detectors.',
    'Begin anew with `--fresh`, or name another folder.',
  ],
  'store-corrupt': ['The store cannot be read.', 'Begin anew with `--fresh`, or restore a copy.'],
  'store-newer': ['The store was written by a newer Tidewatch.', 'Update Tidewatch, or name another folder.'],
  forbidden: [
    'It is not allowed: to this user, or to a page from elsewhere.',
    'Check permissions, or open the address that is named.',
  ],
  'bad-config': [
    'A setting is wrong or not known; also a set-up that is not complete.',
    'Correct the field that is named.',
  ],
  'gate-failed': ['A check that you asked for did not pass.', 'That is its answer: see what it printed.'],
};

export function errorsPage(codes: typeof ERROR_CODES): string {
  const rows = (Object.keys(codes) as ErrorCode[])
    .map((code) => ({ code, exit: codes[code][0], http: codes[code][1], meaning: MEANINGS[code] }))
    .sort((a, b) => a.exit - b.exit || (a.code < b.code ? -1 : 1))
    .map(({ code, exit, http, meaning }) => [`${exit}`, `\`${code}\``, `${http}`, ...meaning]);
  return `${NOTICE}

# Errors

Every error is one sentence that says what is wrong, where, and what to do. A program finds out by the exit code, which
follows sysexits.h where it has one, or by \`code\` in the body of an HTTP reply (\`{ "code": …, "message": … }\`).

${table(['exit code', 'code', 'HTTP', 'means', 'helps'], rows)}

\`tidewatch validate\` ends with ${WRONG} when something is wrong, ${UNJUDGED} when nothing is wrong but something could not be checked, and ${BEYOND} when
nothing is wrong but a detector costs more than its bound; where there is nothing to judge it says so, and ends with 0.

Exit code 0 is success. Above 128 a signal ended the program: 130 is a second Ctrl-C, 143 is SIGTERM.
`;
}
