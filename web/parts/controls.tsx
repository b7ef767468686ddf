// Buttons, links and choices: what one can press. All have a visible focus, at least 32 px to hit, and a name.
import styled from '@emotion/styled';
import { type CSSProperties, type MouseEvent, type ReactNode, useEffect, useState } from 'react';
import { colour, radius, space, text } from '../theme.ts';
import { useServices, useWords } from './services.ts';

export const Button = styled.button({
  display: 'inline-flex',
  alignItems: 'center',
  justifyContent: 'center',
  gap: space(1.5),
  minHeight: space(8),
  minWidth: space(8),
  padding: `0 ${space(3)}`,
  font: 'inherit',
  color: colour.text,
  background: colour.surface,
  border: `1px solid ${colour.line}`,
  borderRadius: radius.small,
  cursor: 'pointer',
  whiteSpace: 'nowrap',
  '&:hover': { background: colour.sunken },
  '&:disabled': { color: colour.muted, cursor: 'default' },
});

export const PrimaryButton = styled(Button)({
  color: colour.onAccent,
  background: colour.accent,
  borderColor: colour.accent,
  '&:hover': { background: colour.accent, opacity: 0.9 },
});

/** A button that reads as a word in a line. */
export const TextButton = styled.button({
  font: 'inherit',
  padding: `${space(1)} 0`,
  color: colour.accent,
  background: 'none',
  border: 0,
  borderRadius: radius.small,
  cursor: 'pointer',
  '&:hover': { textDecoration: 'underline' },
});

interface LinkProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  readonly title?: string;
  readonly style?: CSSProperties;
  readonly 'aria-current'?: 'page' | 'true' | undefined;
  readonly 'aria-label'?: string;
  readonly onFollow?: () => void;
  /** false: reached by other keys than Tab. */
  readonly tabbable?: boolean;
}

/** A link within the page: an ordinary one to the browser, but a plain click does not reload. */
function PlainLink({ to, children, onFollow, tabbable = true, ...rest }: LinkProps) {
  const { location } = useServices();
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    location.navigate(to);
    onFollow?.();
  };
  return (
    <a href={to} onClick={follow} {...(tabbable ? {} : { tabIndex: -1 })} {...rest}>
      {children}
    </a>
  );
}

export const BareLink = styled(PlainLink)({ color: 'inherit', textDecoration: 'none' });
export const Link = styled(PlainLink)({
  color: colour.accent,
  textDecoration: 'none',
  '&:hover': { textDecoration: 'underline' },
});

const Group = styled.div({
  display: 'inline-flex',
  border: `1px solid ${colour.line}`,
  borderRadius: radius.small,
  overflow: 'hidden',
  background: colour.surface,
  '&:focus-within': { overflow: 'visible' },
});
const Choice = styled.button({
  minHeight: '1.875rem',
  padding: `0 ${space(2.5)}`,
  font: 'inherit',
  fontSize: text.small,
  color: colour.muted,
  background: 'none',
  border: 0,
  cursor: 'pointer',
  whiteSpace: 'nowrap',
  '&:hover': { color: colour.text, background: colour.sunken },
  '&[aria-pressed="true"]': { color: colour.accent, background: colour.accentSoft, fontWeight: 600 },
});

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T | undefined;
  readonly options: readonly { readonly value: T; readonly label: string; readonly title?: string }[];
  readonly onChange: (value: T) => void;
}

/** One of a few, all in sight. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <Group role="group" aria-label={label}>
      {options.map((option) => (
        <Choice
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          title={option.title}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </Choice>
      ))}
    </Group>
  );
}

export const Select = styled.select({
  height: space(8),
  padding: `0 ${space(2)}`,
  font: 'inherit',
  color: colour.text,
  background: colour.surface,
  border: `1px solid ${colour.line}`,
  borderRadius: radius.small,
  cursor: 'pointer',
});

export const TextField = styled.input({
  height: space(8),
  padding: `0 ${space(2.5)}`,
  font: 'inherit',
  color: colour.text,
  background: colour.surface,
  border: `1px solid ${colour.control}`,
  borderRadius: radius.small,
  '&::placeholder': { color: colour.muted, opacity: 1 },
});

const COPIED_MS = 2000;

/** Copies `value` and says so for two seconds. */
export function CopyButton({ value, label, name }: { value: string; label: string; name?: string }) {
  const { messages } = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    navigator.clipboard?.writeText(value).then(
      () => setCopied(true),
      () => {},
    );
  };
  return (
    <Button type="button" onClick={copy} aria-label={name}>
      <span aria-live="polite">{copied ? messages.copied : label}</span>
    </Button>
  );
}
