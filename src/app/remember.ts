// What was said of a text, kept for when it is asked again: whoever changes a threshold sends sixteen queries along that were
// judged before, and judging them is most of the work. Bounded; the answer follows from the text alone, so it never ages.

/** `judge` that keeps its last `most` answers. */
export function remember<Answer>(judge: (text: string) => Answer, most: number): (text: string) => Answer {
  const known = new Map<string, { readonly answer: Answer }>();
  return (text) => {
    const kept = known.get(text) ?? { answer: judge(text) };
    // The one that was asked for last at the end.
    known.delete(text);
    known.set(text, kept);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return kept.answer;
  };
}
