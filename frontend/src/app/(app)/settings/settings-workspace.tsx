"use client";

import { AssistantsCard } from "@/features/assistants/components/assistants-card";
import { useMe } from "@/features/auth/api/session";
import { MemorySwitch } from "@/features/auth/components/memory-switch";
import { PersonalDataCard } from "@/features/auth/components/personal-data-card";
import { MemoriesCard } from "@/features/memory/components/memories-card";
import { ThemeCard } from "@/features/settings/components/theme-card";
import { UsageCard } from "@/features/settings/components/usage-card";

export function SettingsWorkspace() {
  const { data: me } = useMe();
  return (
    <>
      <MemoriesCard isAdministrator={me?.role === "admin"}>
        <MemorySwitch />
      </MemoriesCard>
      <AssistantsCard />
      <UsageCard scope="own" />
      <ThemeCard />
      <PersonalDataCard />
    </>
  );
}
