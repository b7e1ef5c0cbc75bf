import type { Model, Rule, RuleIn } from "./api/rules";

type Task = NonNullable<Rule["task"]>;
type Mode = NonNullable<Rule["mode"]>;

export const TASKS: Record<Task, string> = {
  chat: "Questions",
  heavy: "Heavy questions and reviews",
  insight: "Insights",
  summary: "Summaries of long conversations",
  memory: "Picking up what to remember",
  proposal: "Drafting proposals",
  questions: "Suggesting questions of documents",
};

export const MODES: Record<Mode, string> = { standard: "Standard", deep: "Deep", research: "Research" };

export const FIRST_RULE: RuleIn = {
  priority: 100,
  task: null,
  mode: null,
  share: 100,
  provider: "",
  model: "",
  variant: "",
  is_enabled: true,
};

/** "Questions in deep mode, for 20 % of people". */
export function concerned({ task, mode, share }: Rule): string {
  const what = task === null ? "Every call" : TASKS[task];
  const where = mode === null ? "" : ` in ${MODES[mode].toLowerCase()} mode`;
  return `${what}${where}, for ${share === 100 ? "everybody" : `${share}\u00a0% of people`}`;
}

/** A model as one value of a list; no provider's name has a space in it. */
export const modelKey = ({ provider, model }: Pick<Model, "provider" | "model">) => `${provider} ${model}`;

export function ruleOf(form: FormData, models: Model[], is_enabled: boolean): RuleIn {
  const text = (name: string) => String(form.get(name)).trim();
  const chosen = models.find((each) => modelKey(each) === text("model"));
  return {
    task: (text("task") || null) as Rule["task"],
    mode: (text("mode") || null) as Rule["mode"],
    share: Number(text("share")),
    priority: Number(text("priority")),
    provider: chosen?.provider ?? "",
    model: chosen?.model ?? "",
    variant: text("variant"),
    is_enabled,
  };
}
