"use client";

import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { ProgressBar } from "@/components/ui/progress-bar";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { quantity } from "@/lib/format";
import { isMeasuring, useMeasure, useMeasurePlan, useMeasuring, type MeasurePlan, type Proposal } from "../api/proposals";

/** Has a proposal measured, shows how far that is, and why it came to nothing. */
export function MeasureControl({ proposal }: { proposal: Proposal }) {
  const [isAsking, setAsking] = useState(false);
  const measuring = useMeasuring(proposal);
  if (proposal.status !== "draft" && proposal.status !== "approved") return null;
  if (measuring && isMeasuring(proposal)) return <Progress measuring={measuring} />;
  const label = proposal.status === "draft" ? "Measure as it is now" : "Measure with the change";
  return (
    <>
      {measuring?.status === "failed" ? <Notice tone="error">It could not be measured. {measuring.error?.message}</Notice> : null}
      {isAsking ? (
        <MeasureForm id={proposal.id} label={label} onClose={() => setAsking(false)} />
      ) : (
        <Button onClick={() => setAsking(true)}>{label}…</Button>
      )}
    </>
  );
}

function Progress({ measuring: { status, done, total } }: { measuring: NonNullable<Proposal["measuring"]> }) {
  const isBegun = status === "running" && total > 0;
  const label = isBegun ? `Asking: ${quantity(done)} of ${quantity(total)} questions` : "Waiting for its turn";
  return (
    <div className="w-full max-w-80">
      <ProgressBar label={label} value={isBegun ? done / total : null} />
      <p className="mt-1 text-xs text-quiet">This goes on by itself. You may leave the page.</p>
    </div>
  );
}

function MeasureForm({ id, label, onClose }: { id: string; label: string; onClose: () => void }) {
  const [withEvaluation, setWithEvaluation] = useState(true);
  const plan = useMeasurePlan(id);
  const measure = useMeasure(id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    measure.mutate(withEvaluation, { onSuccess: onClose });
  };
  if (plan.error) return <QueryNotice what="What it would take" error={plan.error} onRetry={() => void plan.refetch()} />;
  if (!plan.data) return <LoadingBlock label="Working out what it takes" className="h-20 w-full max-w-xl" />;
  return (
    <form onSubmit={submit} aria-label={label} className="flex max-w-xl flex-col gap-2 rounded-md border border-line p-3">
      <label className="flex items-start gap-2">
        <input type="checkbox" className="mt-1" checked={withEvaluation} onChange={(event) => setWithEvaluation(event.target.checked)} />
        <span>
          Also ask the {quantity(plan.data.evaluation_questions)} questions of the evaluation
          <span className="block text-xs text-quiet">
            They show harm elsewhere, and are asked over demo portfolios in a database of their own. Leave them in before and after, or out of both.
          </span>
        </span>
      </label>
      <p className="text-xs text-quiet">{cost(plan.data, withEvaluation)}</p>
      {measure.error ? <Notice tone="error">Nothing was begun. {measure.error.message}</Notice> : null}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" disabled={measure.isPending}>
          {measure.isPending ? "Beginning…" : "Measure"}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}

function cost(plan: MeasurePlan, withEvaluation: boolean): string {
  const questions = plan.held_out_questions + plan.unrelated_questions + (withEvaluation ? plan.evaluation_questions : 0);
  if (plan.is_free) return `${quantity(questions)} questions to ${plan.model}, at no cost.`;
  const most = questions * plan.most_calls_a_question;
  return `${quantity(questions)} questions to ${plan.model} (${plan.provider}): from ${quantity(questions)} to ${quantity(most)} calls, which are paid for.`;
}
