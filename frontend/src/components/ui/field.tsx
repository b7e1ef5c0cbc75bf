import clsx from "clsx";
import { useId, type ComponentProps, type ReactNode } from "react";

const CONTROL = "w-full min-w-0 rounded-md border border-control bg-surface px-2 text-sm aria-invalid:border-loss";

interface FieldProps {
  label: string;
  /** What is wrong with it, or else what it means. */
  error?: string | null;
  hint?: ReactNode;
  className?: string;
  /** The control, given what ties it to its label and its error. */
  children: (control: { id: string; className: string; "aria-invalid": boolean; "aria-describedby": string | undefined }) => ReactNode;
}

export function Field({ label, error = null, hint, className, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={clsx("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className="text-xs text-quiet">
        {label}
      </label>
      {children({ id, className: CONTROL, "aria-invalid": error !== null, "aria-describedby": note ? `${id}-note` : undefined })}
      {note ? (
        <p id={`${id}-note`} className={clsx("text-xs", error ? "text-loss" : "text-quiet")}>
          {note}
        </p>
      ) : null}
    </div>
  );
}

type TextFieldProps = Omit<FieldProps, "children" | "className"> & ComponentProps<"input">;

export function TextField({ label, error, hint, className, ...input }: TextFieldProps) {
  return (
    <Field label={label} error={error} hint={hint} className={className}>
      {(control) => <input {...input} {...control} className={`${control.className} h-8`} />}
    </Field>
  );
}

type TextAreaFieldProps = Omit<FieldProps, "children" | "className"> & ComponentProps<"textarea">;

export function TextAreaField({ label, error, hint, className, ...area }: TextAreaFieldProps) {
  return (
    <Field label={label} error={error} hint={hint} className={className}>
      {(control) => <textarea {...area} {...control} className={`${control.className} resize-y py-1.5`} />}
    </Field>
  );
}

type SelectFieldProps = Omit<FieldProps, "children" | "className"> & ComponentProps<"select">;

export function SelectField({ label, error, hint, className, children, ...select }: SelectFieldProps) {
  return (
    <Field label={label} error={error} hint={hint} className={className}>
      {(control) => (
        <select {...select} {...control} className={`${control.className} h-8`}>
          {children}
        </select>
      )}
    </Field>
  );
}
