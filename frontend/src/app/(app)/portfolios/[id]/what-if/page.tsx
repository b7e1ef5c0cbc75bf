import type { Metadata } from "next";

import { WhatIfWorkspace } from "./what-if-workspace";

export const metadata: Metadata = { title: "What if" };

export default async function WhatIfPage({ params }: PageProps<"/portfolios/[id]/what-if">) {
  const { id } = await params;
  return <WhatIfWorkspace portfolioId={id} />;
}
