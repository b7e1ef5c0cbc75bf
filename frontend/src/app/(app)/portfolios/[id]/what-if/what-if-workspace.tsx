"use client";

import { WhatIfView } from "@/features/what-if/components/what-if-view";
import { PortfolioFrame } from "../portfolio-frame";

export function WhatIfWorkspace({ portfolioId }: { portfolioId: string }) {
  return (
    <PortfolioFrame portfolioId={portfolioId} title="What if">
      {() => <WhatIfView portfolioId={portfolioId} />}
    </PortfolioFrame>
  );
}
