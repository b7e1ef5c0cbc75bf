"use client";

import { FileUp } from "lucide-react";
import { useRouter } from "next/navigation";

import { ButtonLink } from "@/components/ui/button-link";
import { CashCard } from "@/features/holdings/components/cash-card";
import { DeletePortfolioCard } from "@/features/holdings/components/delete-portfolio-card";
import { LotsCard } from "@/features/holdings/components/lots-card";
import { PortfolioSettingsCard } from "@/features/holdings/components/portfolio-form";
import { PortfolioFrame } from "../portfolio-frame";

export function HoldingsWorkspace({ portfolioId }: { portfolioId: string }) {
  const router = useRouter();
  return (
    <PortfolioFrame portfolioId={portfolioId} title="Edit holdings">
      {(portfolio) => (
        <>
          <LotsCard portfolio={portfolio} />
          <div>
            <ButtonLink href={`/import?portfolio=${portfolioId}`}>
              <FileUp aria-hidden="true" className="size-4" /> Import a file into this portfolio
            </ButtonLink>
          </div>
          <CashCard portfolio={portfolio} />
          <PortfolioSettingsCard portfolio={portfolio} />
          <DeletePortfolioCard portfolio={portfolio} onDeleted={() => router.replace("/portfolios")} />
        </>
      )}
    </PortfolioFrame>
  );
}
