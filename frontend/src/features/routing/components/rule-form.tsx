"use client";

import { EntryField, EntryForm } from "@/components/ui/entry-form";
import { SelectField } from "@/components/ui/field";
import { fieldsOf } from "@/lib/api/errors";
import { useSaveRule, type Model, type Rule } from "../api/rules";
import { FIRST_RULE, MODES, modelKey, ruleOf, TASKS } from "../rule-words";

interface RuleFormProps {
  /** The rule to change; null for a new one. */
  rule: Rule | null;
  models: Model[];
  onDone: () => void;
}

export function RuleForm({ rule, models, onDone }: RuleFormProps) {
  const save = useSaveRule(rule?.id ?? null);
  const initial = rule ?? FIRST_RULE;
  const failed = fieldsOf(save.error);
  const submit = (form: FormData) => save.mutate(ruleOf(form, models, initial.is_enabled), { onSuccess: onDone });
  return (
    <EntryForm submitLabel={rule ? "Save" : "Add"} isPending={save.isPending} error={save.error} onSubmit={submit} onCancel={onDone}>
      <Choice name="task" label="What is asked" any="Every call" words={TASKS} initial={initial.task ?? ""} />
      <Choice name="mode" label="In which mode" any="Any mode" words={MODES} initial={initial.mode ?? ""} />
      <SelectField
        name="model"
        label="Is answered by"
        required
        defaultValue={rule ? modelKey(rule) : ""}
        error={failed.model ?? failed.provider}
        hint="What is configured on the server."
      >
        <option value="" disabled>
          Choose a model
        </option>
        {models.map((each) => (
          <option key={modelKey(each)} value={modelKey(each)}>
            {each.model} ({each.provider})
          </option>
        ))}
      </SelectField>
      <div className="grid grid-cols-2 gap-3">
        <EntryField name="share" label="Share of people, %" type="number" step={1} min={0} max={100} required defaultValue={initial.share} failure={save.error} />
        <EntryField
          name="priority"
          label="Priority"
          type="number"
          step={1}
          min={0}
          max={10_000}
          required
          defaultValue={initial.priority}
          failure={save.error}
          hint="The lowest is asked first."
        />
      </div>
      <EntryField
        name="variant"
        label="Name of the variant"
        required
        maxLength={80}
        defaultValue={initial.variant}
        failure={save.error}
        hint="As reports and usage name the answers that it routed."
      />
    </EntryForm>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  any: string;
  words: Record<string, string>;
  initial: string;
}

function Choice({ name, label, any, words, initial }: ChoiceProps) {
  return (
    <SelectField name={name} label={label} defaultValue={initial}>
      <option value="">{any}</option>
      {Object.entries(words).map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </SelectField>
  );
}
