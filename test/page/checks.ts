// What holds of every page: each control has a name, each picture an alternative, one main heading, landmarks, no id
// twice, text that can be read on what is behind it, and nothing wider than the window. Runs inside the page.
import type { Page } from './browser.ts';

/** Sentences about what is wrong; none when all is well. */
export async function checkPage(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(${inPage.toString()})()`);
}

/** Serialised into the page: it may use nothing from this file. */
function inPage(): string[] {
  const problems: string[] = [];
  const visible = (element: Element): boolean => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 0 && box.height > 0 && style.visibility !== 'hidden' && style.display !== 'none';
  };
  const describe = (element: Element): string => element.outerHTML.slice(0, 120);
  const nameOf = (element: Element): string => {
    const labelled = element.getAttribute('aria-labelledby');
    if (labelled !== null) return document.getElementById(labelled)?.textContent ?? '';
    const label = element.getAttribute('aria-label') ?? element.getAttribute('title');
    return (label ?? element.textContent ?? '').trim();
  };

  for (const control of document.querySelectorAll(
    'button, a[href], input, select, textarea, summary, [role="slider"]',
  )) {
    if (visible(control) && nameOf(control) === '') problems.push(`a control has no name: ${describe(control)}`);
  }
  for (const image of document.querySelectorAll('img, [role="img"]')) {
    const named = image.hasAttribute('alt') || nameOf(image) !== '';
    if (!named) problems.push(`a picture has no alternative: ${describe(image)}`);
  }
  const headings = document.querySelectorAll('h1').length;
  if (headings !== 1) problems.push(`there are ${headings} main headings, not one`);
  for (const landmark of ['main', 'nav', 'header', 'footer']) {
    if (document.querySelector(landmark) === null) problems.push(`there is no <${landmark}>`);
  }
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  for (const id of new Set(ids.filter((one, i) => ids.indexOf(one) !== i)))
    problems.push(`the id "${id}" is there twice`);
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > window.innerWidth) problems.push(`the page is ${scrollWidth} px wide in ${window.innerWidth} px`);

  type Colour = [number, number, number, number];
  const parse = (text: string): Colour => {
    const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [r, g, b, a];
  };
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (i: 0 | 1 | 2): number => top[i] * top[3] + below[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const groundOf = (element: Element): Colour => {
    const layers: Colour[] = [];
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1] as Colour);
  };
  const luminance = (colour: Colour): number => {
    const part = (i: 0 | 1 | 2): number => {
      const c = colour[i] / 255;
      return c <= 0.040_45 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set<string>();
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (element === null || (texts.currentNode.textContent ?? '').trim() === '') continue;
    if (!visible(element) || element.closest('svg, option, :disabled, noscript') !== null) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const [a, b] = [luminance(over(parse(style.color), ground)), luminance(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const words = `${style.color} on ${ground.slice(0, 3).map(Math.round).join(' ')}`;
    if (ratio < (large ? 3 : 4.5) && !seen.has(words)) {
      seen.add(words);
      problems.push(`contrast ${ratio.toFixed(2)}, ${words}: "${(texts.currentNode.textContent ?? '').slice(0, 40)}"`);
    }
  }
  return problems;
}
