"use client";

import clsx from "clsx";
import { Pencil, Trash2 } from "lucide-react";

import { Button } from "@/components/ui/button";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { day } from "@/lib/format";
import { useDeleteRule, useSaveRule, type Rule } from "../api/rules";
import { concerned } from "../rule-words";

export function RuleItem({ rule, onEdit }: { rule: Rule; onEdit: () => void }) {
  const save = useSaveRule(rule.id);
  const remove = useDeleteRule(rule.id);
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 py-2.5 text-sm">
      <span className="tabular w-10 text-xs leading-5 text-quiet" title="Priority">
        {rule.priority}
      </span>
      <div className="min-w-0 flex-1 basis-52">
        <p className={clsx("wrap-anywhere", rule.is_enabled ? null : "text-quiet line-through")}>
          {concerned(rule)}: <strong className="font-medium">{rule.model}</strong>
        </p>
        <p className="mt-0.5 text-xs text-quiet">
          {rule.variant} · {rule.provider} · {rule.is_enabled ? "" : "off · "}changed {day(rule.updated_at)}
        </p>
        {save.error ? (
          <p role="alert" className="mt-0.5 text-xs text-loss">
            Not saved. {save.error.message}
          </p>
        ) : null}
      </div>
      <div className="flex items-center gap-1">
        <Button
          variant="ghost"
          className="h-7 px-2 text-xs"
          disabled={save.isPending}
          aria-label={`${rule.is_enabled ? "Switch off" : "Switch on"}: ${rule.variant}`}
          onClick={() => save.mutate({ ...wanted(rule), is_enabled: !rule.is_enabled })}
        >
          {rule.is_enabled ? "Switch off" : "Switch on"}
        </Button>
        <Button variant="ghost" icon aria-label={`Edit: ${rule.variant}`} title="Edit" onClick={onEdit}>
          <Pencil aria-hidden="true" className="size-3.5" />
        </Button>
        <ConfirmButton
          icon
          label={`Delete: ${rule.variant}`}
          confirm="Delete"
          isPending={remove.isPending}
          isError={remove.isError}
          onConfirm={() => remove.mutate()}
        >
          <Trash2 aria-hidden="true" className="size-3.5" />
        </ConfirmButton>
      </div>
    </li>
  );
}

const wanted = ({ priority, task, mode, share, provider, model, variant, is_enabled }: Rule) => ({
  priority,
  task,
  mode,
  share,
  provider,
  model,
  variant,
  is_enabled,
});
