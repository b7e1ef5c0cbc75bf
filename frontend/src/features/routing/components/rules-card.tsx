"use client";

import { Plus } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EntrySheet } from "@/components/ui/entry-form";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { useModels, useRules, type Model, type Rule } from "../api/rules";
import { RuleForm } from "./rule-form";
import { RuleItem } from "./rule-item";

/** Which model answers whom: the rules in the order in which they are asked. */
export function RulesCard() {
  const rules = useRules();
  const models = useModels();
  const error = rules.error ?? models.error;
  const retry = () => void Promise.all([rules.refetch(), models.refetch()]);
  return (
    <Card title="Routing rules">
      <p className="mb-2 text-sm text-quiet">
        The first rule that concerns a call decides which model answers it. A share of less than 100 % holds for always the same people, so that reports
        can compare them with the others. Whoever asks offline, or for a certain model, is not overruled.
      </p>
      {error ? <QueryNotice what="The routing rules" error={error} onRetry={retry} /> : null}
      {!error && !(rules.data && models.data) ? <LoadingBlock label="Loading the routing rules" className="h-24" /> : null}
      {rules.data && models.data ? <Rules rules={rules.data} models={models.data} /> : null}
    </Card>
  );
}

function Rules({ rules, models }: { rules: Rule[]; models: Model[] }) {
  /** The rule in the sheet; null for a new one. */
  const [open, setOpen] = useState<{ rule: Rule | null } | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      {rules.length > 0 ? (
        <ol className="divide-y divide-line">
          {rules.map((rule) => (
            <RuleItem key={rule.id} rule={rule} onEdit={() => setOpen({ rule })} />
          ))}
        </ol>
      ) : (
        <p className="py-2 text-sm text-quiet">No rules: the default model answers everything.</p>
      )}
      <Button className="mt-2" onClick={() => setOpen({ rule: null })}>
        <Plus aria-hidden="true" className="size-3.5" /> Add a rule
      </Button>
      {open ? (
        <EntrySheet title={open.rule ? "Change the rule" : "A new rule"} onClose={close}>
          <RuleForm rule={open.rule} models={models} onDone={close} />
        </EntrySheet>
      ) : null}
    </>
  );
}
