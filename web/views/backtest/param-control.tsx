// One parameter as a control that acts at once: a slider over round stops with a field beside it, a choice, or a tick. Its
// sentence, range and default stand with it; what was changed is marked and can be set back.
import styled from '@emotion/styled';
import { memo, useId, useState } from 'react';
import type { Param } from '#detect/contract.ts';
import { numberProblem, type ParamWords, type TextParam, textProblem } from '../../core/backtest/param-words.ts';
import { readQuantity, writeQuantity } from '../../core/backtest/quantity.ts';
import type { Value } from '../../core/backtest/settings.ts';
import { type Extent, type NumberParam, nearestStop, stopsOf } from '../../core/backtest/stops.ts';
import type { BacktestMessages } from '../../core/messages/backtest.ts';
import { Segmented, TextButton, TextField } from '../../parts/controls.tsx';
import { colour, radius, space, text } from '../../theme.ts';

export const Box = styled.div({
  display: 'flex',
  flexDirection: 'column',
  gap: space(1),
  minWidth: 0,
  padding: `${space(1)} ${space(2)} ${space(1.5)}`,
  borderInlineStart: `2px solid ${colour.line}`,
  '&[data-changed="true"]': { borderInlineStartColor: colour.accent },
});
export const Head = styled.div({ display: 'flex', alignItems: 'center', gap: space(2), minHeight: space(8) });
export const Name = styled.span({
  flex: 1,
  minWidth: 0,
  fontWeight: 600,
  fontSize: text.body,
  overflowWrap: 'anywhere',
});
const Field = styled(TextField)({
  width: '6.5rem',
  height: space(7),
  textAlign: 'end',
  '&[aria-invalid="true"]': { borderColor: colour.red },
});
export const Slider = styled.input({
  width: '100%',
  height: space(6),
  margin: 0,
  accentColor: colour.accent,
  cursor: 'pointer',
  borderRadius: radius.small,
});
export const Sentence = styled.p({ margin: 0, fontSize: text.small, lineHeight: 1.4, color: colour.muted });
const Foot = styled.div({
  display: 'flex',
  flexWrap: 'wrap',
  alignItems: 'baseline',
  columnGap: space(2),
  fontSize: text.small,
  color: colour.muted,
  minHeight: space(5.5),
  button: { padding: 0, fontSize: text.small },
});
const Words = styled(Field)({ width: '100%', textAlign: 'start', textOverflow: 'ellipsis' });
const Problem = styled.span({ color: colour.redText, fontSize: text.small, lineHeight: 1.4 });

interface ControlProps {
  readonly id: string;
  readonly param: Param;
  readonly value: Value | undefined;
  readonly extent: Extent;
  readonly words: ParamWords;
  readonly messages: BacktestMessages;
  /** undefined is the default. Must stay the same from one drawing to the next. */
  readonly onChange: (id: string, value: Value | undefined) => void;
}

export const ParamControl = memo(function ParamControl(props: ControlProps) {
  const { param, words, value, messages, id } = props;
  const name = useId();
  const isChanged = value !== undefined && value !== param.default;
  return (
    <Box data-changed={isChanged} role="group" aria-labelledby={name}>
      {param.kind === 'number' ? (
        <NumberControl {...props} param={param} name={name} />
      ) : param.kind === 'text' ? (
        <TextControl {...props} param={param} name={name} />
      ) : (
        <Head>
          <Name id={name}>{words.name}</Name>
          <Choice {...props} param={param} />
        </Head>
      )}
      <Sentence>
        <span {...(words.isForeign ? { lang: 'en' } : {})}>{words.sentence}</span>
      </Sentence>
      <Foot>
        {param.kind === 'number' && <Range param={param} words={words} messages={messages} />}
        <span>{messages.usual(param.default === undefined ? messages.off : words.value(param.default))}</span>
        {isChanged && (
          <TextButton
            type="button"
            aria-label={messages.resetOf(words.name)}
            onClick={() => props.onChange(id, undefined)}
          >
            {messages.reset}
          </TextButton>
        )}
      </Foot>
    </Box>
  );
});

function Range({ param, words, messages }: { param: NumberParam; words: ParamWords; messages: BacktestMessages }) {
  const { min, max } = param;
  return min === undefined || max === undefined ? null : (
    <span>{messages.span(words.value(min), words.value(max))} ·</span>
  );
}

function Choice({
  id,
  param,
  value,
  words,
  onChange,
}: ControlProps & { param: Exclude<Param, NumberParam | TextParam> }) {
  if (param.kind === 'boolean') {
    const checked = (value ?? param.default) === true;
    return (
      <input
        type="checkbox"
        aria-label={words.name}
        checked={checked}
        onChange={(event) => onChange(id, event.target.checked)}
      />
    );
  }
  return (
    <Segmented
      label={words.name}
      value={String(value ?? param.default)}
      options={param.choices.map((choice) => ({ value: choice, label: words.value(choice) }))}
      onChange={(choice) => onChange(id, choice)}
    />
  );
}

/** What is typed counts as soon as it is a value; until then it stays as it was typed, with what is wrong beside it. */
function TextControl({ id, param, value, words, name, onChange }: ControlProps & { param: TextParam; name: string }) {
  const problemId = useId();
  const stands = String(value ?? '');
  const [typed, setTyped] = useState({ text: stands, stands });
  // Set from elsewhere, as by the browser's history: that counts, not what was being typed.
  const shown = typed.stands === stands ? typed.text : stands;
  const problem = textProblem(param, shown, words);
  const change = (next: string): void => {
    const counts = textProblem(param, next, words) === undefined;
    setTyped({ text: next, stands: counts ? next : stands });
    if (counts && next !== stands) onChange(id, next === '' ? undefined : next);
  };
  return (
    <>
      <Head>
        <Name id={name}>{words.name}</Name>
      </Head>
      <Words
        type="text"
        data-param={id}
        aria-label={words.name}
        aria-invalid={problem !== undefined}
        {...(problem === undefined ? {} : { 'aria-describedby': problemId })}
        maxLength={param.maxLength}
        value={shown}
        placeholder={words.expected}
        title={words.expected}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => change(event.target.value)}
      />
      {problem !== undefined && (
        <Problem id={problemId} role="alert">
          {problem}
        </Problem>
      )}
    </>
  );
}

/** One that is off stands where it would change least: lower bounds and a count at the beginning, upper bounds at the end. */
const OFF_AT_START = new Set(['rangeMin', 'below', 'persistenceOf']);

function NumberControl({
  id,
  param,
  value,
  extent,
  words,
  messages,
  name,
  onChange,
}: ControlProps & { param: NumberParam; name: string }) {
  const stops = stopsOf(param, extent);
  const given = value === undefined ? param.default : Number(value);
  const place = given === undefined ? (OFF_AT_START.has(id) ? 0 : stops.length - 1) : nearestStop(stops, given);
  return (
    <>
      <NumberField {...{ param, given, words, messages, name }} onChange={(next) => onChange(id, next)} />
      <Slider
        type="range"
        data-param={id}
        aria-label={words.name}
        aria-valuetext={given === undefined ? messages.off : words.value(given)}
        min={0}
        max={stops.length - 1}
        step={1}
        value={place}
        onChange={(event) => onChange(id, stops[Number(event.target.value)])}
      />
    </>
  );
}

interface FieldProps {
  readonly param: NumberParam;
  readonly given: number | undefined;
  readonly words: ParamWords;
  readonly messages: BacktestMessages;
  /** Id of what is named. */
  readonly name: string;
  readonly onChange: (value: number | undefined) => void;
}

/**
 * What is typed counts as soon as it is a value; until then it stays as it was typed, and says what is expected. That line stays
 * when the field is left: it would move the button that is being pressed.
 */
function NumberField({ param, given, words, messages, name, onChange }: FieldProps) {
  const problemId = useId();
  const shown = given === undefined ? '' : writeQuantity(given, param.unit);
  const [typed, setTyped] = useState<{ readonly text: string; readonly given: number | undefined }>();
  // Set from elsewhere, as by the button beside it: that counts, not what was being typed.
  const text = typed?.given === given ? typed?.text : undefined;
  const problem = text === undefined ? undefined : numberProblem(param, text, words, messages);
  const change = (next: string): void => {
    const isEmpty = next.trim() === '';
    const counts = isEmpty || numberProblem(param, next, words, messages) === undefined;
    const value = isEmpty ? undefined : readQuantity(next, param.unit);
    setTyped({ text: next, given: counts ? (value ?? param.default) : given });
    if (counts) onChange(value);
  };
  return (
    <>
      <Head>
        <Name id={name}>{words.name}</Name>
        <Field
          type="text"
          inputMode={param.unit === 'ms' ? 'text' : 'decimal'}
          aria-label={messages.valueOf(words.name)}
          aria-invalid={problem !== undefined}
          {...(problem === undefined ? {} : { 'aria-describedby': problemId })}
          placeholder={messages.off}
          value={text ?? shown}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change(event.target.value)}
          onBlur={() => problem === undefined && setTyped(undefined)}
        />
      </Head>
      {problem !== undefined && (
        <Problem id={problemId} role="alert">
          {problem}
        </Problem>
      )}
    </>
  );
}
