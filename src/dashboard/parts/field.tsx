type InputType = 'text' | 'password' | 'search' | 'date';

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly value?: string | undefined;
  /** What is wrong with the value; shown beside it. */
  readonly problem?: string | undefined;
  readonly type?: InputType;
  readonly inputMode?: 'decimal' | 'text';
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly autocomplete?: string;
  /** The id of a list to choose from. */
  readonly list?: string;
  /** True for the field that a page is about. */
  readonly focus?: boolean;
  readonly class?: string;
}

/** A labelled input with its help and its problem. */
export function Field({
  name,
  label,
  help,
  problem,
  focus = false,
  class: className,
  value = '',
  type = 'text',
  ...input
}: FieldProps) {
  const described = [help && `${name}-help`, problem && `${name}-problem`].filter(Boolean).join(' ');
  return (
    <div class={`field ${className ?? ''}`}>
      <label for={name}>{label}</label>
      <input
        {...input}
        {...asText(type)}
        value={value}
        id={name}
        name={name}
        autofocus={focus}
        spellcheck={false}
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={described || undefined}
      />
      {problem && (
        <p class="problem" id={`${name}-problem`} role="alert">
          {problem}
        </p>
      )}
      {help && (
        <p class="help" id={`${name}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}

/** The library's types tie each type of input to the roles it may have; no role is given here. */
const asText = (type: InputType) => ({ type: type as 'text' });
