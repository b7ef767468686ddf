// Links of Markdown files to files beside them, and to headings in them: a page that is moved or renamed breaks them
// silently. Links to other sites are not followed; a check needs no network.
import { posix } from 'node:path';

const LINK = /!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g;
const HTML = /<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)="([^"]+)"/g;

/** One sentence for each link that leads nowhere. `files`: path → text; `exists`: any file or folder of the repository. */
export function findDeadLinks(files: ReadonlyMap<string, string>, exists: (path: string) => boolean): string[] {
  const headings = new Map([...files].map(([path, text]) => [path, headingsOf(text)]));
  return [...files].flatMap(([path, text]) => {
    const prose = withoutCode(text);
    const links = [...prose.matchAll(LINK), ...prose.matchAll(HTML)];
    return links.flatMap((match) => {
      const why = judgeLink(path, match[1] ?? '', headings, exists);
      const line = text.slice(0, match.index).split('\n').length;
      return why === undefined ? [] : [`${path}:${line} links to ${match[1]}, ${why}`];
    });
  });
}

function judgeLink(
  from: string,
  link: string,
  headings: ReadonlyMap<string, ReadonlySet<string>>,
  exists: (path: string) => boolean,
): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(link)) return undefined;
  const [file = '', anchor] = decodeURI(link).split('#');
  const target = file === '' ? from : posix.normalize(posix.join(posix.dirname(from), file));
  if (file.startsWith('/') || target.startsWith('..')) return 'which leads out of the repository';
  if (!exists(target)) return 'which is not there';
  const known = headings.get(target);
  if (anchor === undefined || anchor === '' || known === undefined || known.has(anchor)) return undefined;
  return `but ${target} has no such heading`;
}

/** Code is blanked out rather than removed, so that the offsets of what is left stay right. */
function withoutCode(text: string): string {
  const blank = (code: string) => code.replace(/[^\n]/g, ' ');
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, blank).replace(/`[^`\n]*`/g, blank);
}

/** The anchors that GitHub makes of headings: lower case, punctuation dropped, blanks to hyphens, repeats numbered. */
function headingsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  for (const [, title = ''] of prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const words = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  for (const [, id = ''] of prose.matchAll(/<a\b[^>]*?\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}
