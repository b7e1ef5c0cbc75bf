import type { Metadata } from "next";

import { ModelsCard } from "@/features/routing/components/models-card";
import { RulesCard } from "@/features/routing/components/rules-card";

export const metadata: Metadata = { title: "Routing" };

export default function RoutingPage() {
  return (
    <>
      <RulesCard />
      <ModelsCard />
    </>
  );
}
