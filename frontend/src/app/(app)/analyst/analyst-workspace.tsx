"use client";

import { useMemo } from "react";

import { Chat } from "@/features/chat/components/chat";
import { DailyInsight } from "@/features/insights/components/daily-insight";
import { usePortfolios } from "@/features/portfolio/api/portfolios";
import { PortfolioPicker } from "@/features/portfolio/components/portfolio-picker";
import { useAddressParameter } from "@/lib/use-address-parameter";

export function AnalystWorkspace() {
  const [conversationId, setConversationId] = useAddressParameter("conversation");
  const [chosen, setChosen] = useAddressParameter("portfolio");
  const { data: portfolios } = usePortfolios();
  const portfolioId = chosen ?? portfolios?.[0]?.id ?? null;
  const context = useMemo(() => ({ page: "analyst", route: "/analyst", portfolio_id: portfolioId }), [portfolioId]);
  return (
    <div className="grid flex-1 gap-4 p-4 sm:p-6 lg:h-[calc(100dvh-3rem)] lg:flex-none lg:grid-cols-[24rem_minmax(0,1fr)] lg:grid-rows-[minmax(0,1fr)]">
      <h1 className="sr-only">Analyst</h1>
      <div className="flex min-h-0 flex-col gap-3 lg:overflow-y-auto">
        <PortfolioPicker value={portfolioId} onChange={setChosen} />
        {portfolioId ? <DailyInsight key={portfolioId} portfolioId={portfolioId} /> : null}
      </div>
      <div className="flex min-h-[calc(100dvh-5rem)] flex-col rounded-lg border border-line bg-surface shadow-card lg:min-h-0">
        <Chat conversationId={conversationId} onConversationChange={setConversationId} context={context} />
      </div>
    </div>
  );
}
