"use client";

import clsx from "clsx";
import { useMemo, useState } from "react";

import { Segmented } from "@/components/ui/segmented";
import { Chat } from "@/features/chat/components/chat";
import { InsightFeed } from "@/features/insights/components/insight-feed";
import { PortfolioPicker } from "@/features/portfolio/components/portfolio-picker";
import { usePortfolios } from "@/lib/api/portfolios";
import { useAddressParameter } from "@/lib/use-address-parameter";

/** A screen too narrow for both shows one of them. */
const VIEWS = [
  { value: "chat", label: "Chat" },
  { value: "insight", label: "Insights" },
] as const;
type View = (typeof VIEWS)[number]["value"];

export function AnalystWorkspace() {
  const [conversationId, setConversationId] = useAddressParameter("conversation");
  const [chosen, setChosen] = useAddressParameter("portfolio");
  const [view, setView] = useState<View>("chat");
  const { data: portfolios } = usePortfolios();
  const portfolioId = chosen ?? portfolios?.[0]?.id ?? null;
  const context = useMemo(() => ({ page: "analyst", route: "/analyst", portfolio_id: portfolioId }), [portfolioId]);
  return (
    <div className="flex h-[calc(100dvh-3rem)] flex-col gap-3 p-3 sm:p-6">
      <h1 className="sr-only">Analyst</h1>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <PortfolioPicker value={portfolioId} onChange={setChosen} />
        <div className="lg:hidden">
          <Segmented label="Show" options={VIEWS} value={view} onChange={setView} />
        </div>
      </div>
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)] gap-4 lg:grid-cols-[24rem_minmax(0,1fr)]">
        <div className={clsx("relative min-h-0 overflow-y-auto", view === "chat" && "max-lg:hidden")}>
          {portfolioId ? <InsightFeed key={portfolioId} portfolioId={portfolioId} /> : null}
        </div>
        <div
          className={clsx(
            "flex min-h-0 flex-col rounded-lg border border-line bg-surface shadow-card",
            view === "insight" && "max-lg:hidden",
          )}
        >
          <Chat conversationId={conversationId} onConversationChange={setConversationId} context={context} />
        </div>
      </div>
    </div>
  );
}
