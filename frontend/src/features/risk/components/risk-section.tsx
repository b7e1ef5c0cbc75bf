"use client";

import { ContributionsCard } from "./contributions-card";
import { CorrelationCard } from "./correlation-card";
import { FactorCard } from "./factor-card";
import { StressCard } from "./stress-card";
import { DrawdownsCard, ValueAtRiskCard } from "./value-at-risk-card";
import { VolatilityCard } from "./volatility-card";

/** The risk engine's measures of one portfolio. */
export function RiskSection({ portfolioId }: { portfolioId: string }) {
  return (
    <section aria-label="Risk" className="flex flex-col gap-4">
      <div className="grid items-start gap-4 @4xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <FactorCard portfolioId={portfolioId} />
          <VolatilityCard portfolioId={portfolioId} />
          <DrawdownsCard portfolioId={portfolioId} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <ContributionsCard portfolioId={portfolioId} />
          <ValueAtRiskCard portfolioId={portfolioId} />
          <CorrelationCard portfolioId={portfolioId} />
        </div>
      </div>
      <StressCard portfolioId={portfolioId} />
    </section>
  );
}
