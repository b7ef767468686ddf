// The few relabel rules that the scrape jobs are made of.

export interface Relabel {
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: 'keep' | 'drop' | 'labeldrop';
}

/** Only targets, or series, whose label is one of this pattern. */
export const keep = (label: string, regex: string): Relabel => ({ source_labels: [label], regex, action: 'keep' });

export const drop = (label: string, regex: string): Relabel => ({ source_labels: [label], regex, action: 'drop' });

export const set = (label: string, value: string): Relabel => ({ target_label: label, replacement: value });

/** As it is, where it is there. */
export const copy = (from: string, to: string): Relabel => ({
  ...{ source_labels: [from], regex: '(.+)', target_label: to },
});
