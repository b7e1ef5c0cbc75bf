"use client";

import { ArrowLeftRight, MessageSquareText, Pencil, X } from "lucide-react";
import dynamic from "next/dynamic";
import { useMemo, useRef } from "react";

import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Sheet } from "@/components/ui/sheet";
import { LoadingBlock } from "@/components/ui/skeleton";
import { WhenNear } from "@/components/ui/when-near";
import { Chat, type ChatProps } from "@/features/chat/components/chat";
import { PortfolioOverview } from "@/features/portfolio/components/portfolio-overview";
import { useAddressParameter } from "@/lib/use-address-parameter";
import { useMediaQuery } from "@/lib/use-media-query";

// The address says which conversation the panel shows: absent for a closed panel, this for one not yet begun.
const NEW_CONVERSATION = "new";
// Below this there is no room for both the figures and the conversation.
const SIDE_BY_SIDE = "(min-width: 75rem)";

const LoadingRisk = () => <LoadingBlock label="Loading the risk measures" className="h-96" />;
const RiskSection = dynamic(() => import("@/features/risk/components/risk-section").then((module) => module.RiskSection), {
  loading: LoadingRisk,
});

export function PortfolioWorkspace({ portfolioId }: { portfolioId: string }) {
  const [chat, setChat] = useAddressParameter("chat");
  const isSideBySide = useMediaQuery(SIDE_BY_SIDE);
  const isOpen = chat !== null;
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setChat(null);
    opener.current?.focus();
  };
  const context = useMemo(
    () => ({ page: "portfolio", route: `/portfolios/${portfolioId}`, portfolio_id: portfolioId }),
    [portfolioId],
  );
  const chatProps: ChatProps = {
    conversationId: chat === NEW_CONVERSATION ? null : chat,
    onConversationChange: (id) => setChat(id ?? NEW_CONVERSATION),
    context,
    action: <CloseButton onClose={close} />,
  };
  return (
    <div className="flex min-h-0 flex-1">
      <div className="@container min-w-0 flex-1 p-4 sm:p-6">
        <div className="mx-auto max-w-7xl">
          <PortfolioOverview
            portfolioId={portfolioId}
            actions={
              <div className="flex flex-wrap gap-2">
                <PortfolioLinks portfolioId={portfolioId} />
                <Button
                  ref={opener}
                  variant={isOpen ? "secondary" : "primary"}
                  aria-expanded={isOpen}
                  onClick={() => setChat(isOpen ? null : NEW_CONVERSATION)}
                >
                  <MessageSquareText aria-hidden="true" className="size-4" /> Ask the analyst
                </Button>
              </div>
            }
          >
            <WhenNear placeholder={<LoadingRisk />}>
              <RiskSection portfolioId={portfolioId} />
            </WhenNear>
          </PortfolioOverview>
        </div>
      </div>
      {isSideBySide && isOpen ? (
        <aside aria-label="Analyst panel" className="sticky top-12 flex h-[calc(100dvh-3rem)] w-[28rem] shrink-0 flex-col border-l border-line bg-surface">
          <Chat {...chatProps} autoFocus />
        </aside>
      ) : null}
      {isSideBySide === false ? (
        <Sheet title="Analyst" open={isOpen} onClose={close}>
          <Chat {...chatProps} />
        </Sheet>
      ) : null}
    </div>
  );
}

function PortfolioLinks({ portfolioId }: { portfolioId: string }) {
  return (
    <>
      <ButtonLink href={`/portfolios/${portfolioId}/what-if`}>
        <ArrowLeftRight aria-hidden="true" className="size-4" /> What if
      </ButtonLink>
      <ButtonLink href={`/portfolios/${portfolioId}/holdings`}>
        <Pencil aria-hidden="true" className="size-4" /> Edit holdings
      </ButtonLink>
    </>
  );
}

function CloseButton({ onClose }: { onClose: () => void }) {
  return (
    <Button variant="ghost" icon aria-label="Close the analyst" onClick={onClose}>
      <X aria-hidden="true" className="size-4" />
    </Button>
  );
}
