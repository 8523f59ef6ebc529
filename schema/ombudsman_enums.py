"""The words of the Ombudsman's cases."""

from __future__ import annotations

from connectors.contract.vocabulary import (
    Maladministration,
    OmbudsmanIntake,
    OmbudsmanOutcome,
    OmbudsmanStage,
)
from resolvers.ombudsman.stages import LABELS
from schema.enums import described

described(
    OmbudsmanIntake,
    "How the Ombudsman came to a case (*cara penyampaian*)",
    {
        "REGULAR": "A citizen's report (*laporan masyarakat*)",
        "RAPID_RESPONSE": "Rapid response (*reaksi cepat Ombudsman, RCO*)",
        "OWN_INITIATIVE": "Its own initiative (*investigasi atas prakarsa sendiri, IAPS*)",
        "CONSULTATION": "A consultation that is no report (*konsultasi non-laporan*)",
        "COPY": "A copy of a letter to somebody else (*tembusan*)",
        "UNKNOWN": "A word that no code table maps (*tidak dikenal*)",
    },
)
described(
    OmbudsmanStage,
    "Where a case stands (*tahap*)",
    {name: f"{english} (*{official}*)" for name, (official, english) in LABELS.items()},
)
described(
    Maladministration,
    "What an agency is said to have done wrong (*dugaan maladministrasi*)",
    {
        "UNDUE_DELAY": "Undue delay (*penundaan berlarut*)",
        "PROCEDURAL_DEVIATION": "Deviation from procedure (*penyimpangan prosedur*)",
        "FAILURE_TO_SERVE": "Failure to serve (*tidak memberikan pelayanan*)",
        "ABUSE_OF_AUTHORITY": "Abuse of authority (*penyalahgunaan wewenang*)",
        "DEMAND_FOR_REWARD": "Demand for a reward (*permintaan imbalan uang, barang, jasa*)",
        "INCOMPETENCE": "Incompetence (*tidak kompeten*)",
        "IMPROPRIETY": "Impropriety (*tidak patut*)",
        "PARTIALITY": "Partiality (*berpihak*)",
        "DISCRIMINATION": "Discrimination (*diskriminasi*)",
        "CONFLICT_OF_INTEREST": "Conflict of interest (*konflik kepentingan*)",
    },
)
described(
    OmbudsmanOutcome,
    "How a case ended (*hasil*)",
    {
        "SETTLED": "Settled (*selesai*)",
        "NOT_FOUND": "No maladministration found (*tidak ditemukan maladministrasi*)",
        "WITHDRAWN": "Withdrawn by the reporter (*dicabut oleh pelapor*)",
        "NO_AUTHORITY": "Not within its authority (*bukan wewenang Ombudsman*)",
        "INCOMPLETE": "Papers not completed (*data tidak dilengkapi*)",
        "RECOMMENDATION_ISSUED": "A recommendation was issued (*Rekomendasi diterbitkan*)",
    },
)
