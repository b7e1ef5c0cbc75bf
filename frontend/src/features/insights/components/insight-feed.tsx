"use client";

import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { QueryNotice } from "@/components/ui/query-notice";
import { Select } from "@/components/ui/select";
import { LoadingBlock } from "@/components/ui/skeleton";
import { useDismiss, useInsights } from "../api/insights";
import { INSIGHT_TYPES, typeLabel, type InsightType } from "../insight-types";
import { useWriting } from "../stream/use-writing";
import { DraftView } from "./draft-view";
import { InsightItem } from "./insight-item";
import { WriteForm } from "./write-form";

/** The insights of a portfolio, newest first, and what it takes to have another one written. */
export function InsightFeed({ portfolioId }: { portfolioId: string }) {
  const [type, setType] = useState<InsightType | null>(null);
  const { draft, isWriting, failure, start } = useWriting();
  return (
    <Card title="Insights" aside={<TypeFilter value={type} onChange={setType} />}>
      <div className="flex flex-col gap-3">
        <WriteForm portfolioId={portfolioId} isWriting={isWriting} onWrite={(wish) => void start(wish)} />
        {draft ? <DraftView draft={draft} /> : null}
        {failure ? <Notice tone="error">The insight could not be written. {failure}</Notice> : null}
        <InsightList portfolioId={portfolioId} type={type} />
      </div>
    </Card>
  );
}

function InsightList({ portfolioId, type }: { portfolioId: string; type: InsightType | null }) {
  const insights = useInsights({ portfolioId, type });
  const dismiss = useDismiss(portfolioId);
  if (insights.isPending) return <LoadingBlock label="Loading the insights" className="h-48" />;
  if (insights.error) {
    return <QueryNotice what="The insights" error={insights.error} onRetry={() => void insights.refetch()} />;
  }
  const { data } = insights;
  if (data.length === 0) return <NoInsight type={type} />;
  return (
    <div>
      <div className="divide-y divide-line">
        {data.map((insight, place) => (
          <InsightItem
            key={insight.id}
            insight={insight}
            isOpen={place === 0}
            onDismiss={() => dismiss.mutate({ id: insight.id, isDismissed: true })}
          />
        ))}
      </div>
      <DismissNotice dismiss={dismiss} />
      {insights.hasNextPage ? (
        <Button disabled={insights.isFetchingNextPage} onClick={() => void insights.fetchNextPage()}>
          Older insights
        </Button>
      ) : null}
    </div>
  );
}

/** What was dismissed can be taken back as long as the page is open. */
function DismissNotice({ dismiss }: { dismiss: ReturnType<typeof useDismiss> }) {
  const { variables: last, data, error } = dismiss;
  if (error) return <Notice tone="error">It could not be changed. {error.message}</Notice>;
  if (!last?.isDismissed || !data) return null;
  return (
    <p role="status" className="flex items-center gap-2 py-2 text-xs text-quiet">
      Dismissed: {data.title}
      <Button variant="ghost" onClick={() => dismiss.mutate({ id: last.id, isDismissed: false })}>
        Undo
      </Button>
    </p>
  );
}

function TypeFilter({ value, onChange }: { value: InsightType | null; onChange: (type: InsightType | null) => void }) {
  return (
    <Select
      aria-label="Show insights of type"
      value={value ?? ""}
      className="text-xs"
      onChange={(event) => onChange((event.target.value || null) as InsightType | null)}
    >
      <option value="">All types</option>
      {INSIGHT_TYPES.map(({ value: type, label }) => (
        <option key={type} value={type}>
          {label}
        </option>
      ))}
    </Select>
  );
}

function NoInsight({ type }: { type: InsightType | null }) {
  return (
    <p className="py-2 text-sm text-quiet">
      {type === null
        ? "No insight yet. The analyst can look over this portfolio and write what has changed and what deserves attention."
        : `No insight of the type ${typeLabel(type).toLowerCase()} yet.`}
    </p>
  );
}
