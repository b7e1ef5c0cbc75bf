import type { Metadata } from "next";

import { UsageCard } from "@/features/settings/components/usage-card";

export const metadata: Metadata = { title: "Usage" };

export default function UsagePage() {
  return <UsageCard scope="tenant" />;
}
