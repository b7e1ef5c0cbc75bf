"""What is answered without a tool: conversation, and what the analyst cannot know or will not do."""

from app.agent.offline.intents.intent import Intent

# In order of precedence: the first whose pattern matches answers, before anything else is thought of
GUARDS = (
    Intent(
        "secrets",
        patterns=(
            r"\b(system prompt|hidden instructions?|your (instructions|prompt|rules))\b",
            r"\b(api[\s-]?keys?|passwords?|secrets?)\b",
            r"\bignore (all |any |the |your )*(previous|prior|above|earlier)\b",
            r"\b(developer|debug|admin|jailbreak) mode\b",
        ),
    ),
    Intent(
        "others_data",
        patterns=(
            r"\b(other|another|different|all) (users?|persons?|people|clients?|customers?|tenants?)('s|s')?\b",
            r"\bsomeone else's\b|\bsomebody else's\b|\beveryone's\b",
        ),
    ),
    Intent(
        "order",
        patterns=(
            r"^\W*(please )?(buy|sell|short|purchase|trade|liquidate|close)\s+(\d|some|my|all|the|more|half|_symbol)",
            r"\b(place|execute|submit|cancel) (an? |the |my )?(order|trade)",
            r"^(?!.*\b(how|where) (do|can|could|would|to)\b).*"
            r"\b(delete|remove|add|change|update|edit|rename) (my |the |a |this )?(position|portfolio|holding|cash)",
        ),
    ),
    Intent(
        "advice",
        patterns=(
            r"\bshould i (buy|sell|short|hold|keep|invest|get|add|trim|cut|reduce|increase|rebalance|hedge)\b",
            r"\b(recommend|suggest|pick)\b.{0,25}\b(stock|buy|invest|fund|etf|share|sell)",
            r"\b(what|which)\b.{0,30}\bshould i (buy|sell|invest)",
            r"\bis .{1,30} a (good|bad) (buy|investment|stock)\b",
            r"\b(good|right) time to (buy|sell|invest)\b",
        ),
    ),
    Intent(
        "forecast",
        patterns=(
            r"\b(predict|forecast|outlook|expect(ed)? (price|return))\b",
            r"^(?!.*\bmy\b).*\bprice target\b",
            r"^(?!.*\bif\b).*\b(will|going to|gonna)\b.{0,40}\b(rise|fall|go|drop|crash|recover|be worth)\b",
            r"^(?!.*\bif\b).*\b(will|going to|gonna)\b.{0,40}\b(perform|do|happen|reach)\b",
            r"^(?!.*\b(lose|loss|var|value at risk|downside|if|suppose)\b).*"
            r"\b(tomorrow|next (week|month|year|quarter))\b",
        ),
    ),
    # Unless something is asked as well: that comes first, and what was stated is noted after the turn
    Intent(
        "remember",
        tools=("remember",),
        patterns=(
            r"\A(?![^?]*\?)\W*(please )?(remember|note that|(keep|bear) in mind|(do not|don.t) forget)\b(?! when)",
            r"\A(?![^?]*\?)\W*(please )?(from now on|in future|for future reference|always|never)\b",
            r"\A(?![^?]*\?)\W*i(.d)? (\w+ )?(prefer|rather)\b",
        ),
    ),
    Intent(
        "recall",
        patterns=(
            r"\bwhat (do|did) you (remember|know|note|have noted|keep)\b.{0,20}\b(about|of) me\b",
            r"\b(my|your) memor(y|ies)\b.{0,20}\b(of|about) me\b|\b(list|show)( me)? (all )?my memories\b",
        ),
    ),
)

# What has an answer of its own, unless a term is to be explained
TALK = (
    Intent(
        "news",
        patterns=(
            r"\b(news|headlines?|rumou?rs?|earnings (report|call|date)|announce\w*|sentiment|twitter|reddit)\b",
            r"\b(fed|ecb|inflation|election|interest rates?|ceo)\b",
        ),
    ),
    Intent(
        "tax",
        patterns=(r"\btax(es|able|ation)?\b", r"\bwash sale\b", r"\bharvest\w*\b", r"\b(legal|accounting) advice\b"),
    ),
    Intent(
        "income",
        patterns=(r"\bdividends?\b", r"\b(interest|income|yield|coupon)\b", r"\b(fees?|commissions?|expense ratio)\b"),
    ),
    Intent(
        "live_prices",
        patterns=(r"\b(real[\s-]?time|intraday|live (price|quote)|right now in the market|pre[\s-]?market)\b",),
    ),
    Intent(
        "not_measured",
        patterns=(
            r"\b(monte carlo|backtest\w*)\b",
            r"\b(greeks?|delta|gamma|vega|theta)\b",
            r"\b(information ratio|tracking error)\b",
            r"\bp/?e\b( ratio)?|\bprice[\s-]to[\s-](earnings|book|sales)\b|\bearnings per share\b|\beps\b",
            r"\b(currency|fx|foreign exchange|exchange rate) (risk|exposure)\b",
            r"\bmarket cap\w*\b|\bfundamentals?\b|\brevenues?\b",
        ),
    ),
    Intent(
        "what_if_open",
        patterns=(
            r"\bwhat[\s-]if i\b|\bif i (sell|sold|buy|bought|add|added|short|shorted)\b",
            r"\bsimulat\w+\b",
        ),
    ),
    Intent(
        "identity",
        patterns=(
            r"\b(who|what) are you\b",
            r"\bare you (an? )?(ai|bot|human|robot|real|chatgpt|gpt|claude|llm|language model|offline)\b",
            r"\bwhich model\b|\bwhat model\b",
            r"\b(your name|offline analyst)\b",
        ),
    ),
    Intent(
        "provenance",
        patterns=(
            r"\bwhere (do|does|are|did)\b.{0,25}\b(figures?|numbers?|data|prices)\b",
            r"\b(source|sources) of\b",
            r"\bhow do you (know|calculate|compute|get)\b",
            r"\bcan i trust you\b",
        ),
    ),
    Intent(
        "help",
        patterns=(
            r"^\W*(help|\?+|menu)\W*$",
            r"\bwhat (else )?(can|could|do) (you|i) (do|ask|answer|help|tell)\b(?! me (about|how|why|what|if)\b)",
            r"\bhow can you help\b|\bhelp me\b$",
            r"\bwhat (kinds? of )?questions\b",
        ),
    ),
    Intent(
        "thanks",
        patterns=(
            r"^\W*(thanks?|thank you|thx|cheers|great|perfect|nice|cool|ok(ay)?|good job|well done)\b[^?]{0,30}$",
        ),
    ),
    Intent("goodbye", patterns=(r"^\W*(bye|goodbye|see you|good night|cya)\b[^?]{0,20}$",)),
    Intent(
        "greeting",
        patterns=(
            r"^\W*(hi|hello|hey|good (morning|afternoon|evening|day)|howdy|greetings)\b[^?]{0,25}$",
            r"^\W*how are you\W*$",
        ),
    ),
)

DEFINITION = Intent("definition")
FALLBACK = Intent("fallback")
