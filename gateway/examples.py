"""The queries that the demonstration shows; a test executes each of them."""

from __future__ import annotations

FIRST = """\
# Laporan of SP4N-LAPOR! and of the systems
# of K/L/D, in one list.
#
#   Ctrl+Enter   ask
#   Ctrl+Space   what can stand here
#   Headers      what is sent beside the query
#
# Everybody is the public here, whatever
# "Authorization" says.  What is typed is gone
# when this page is closed.

query NewestLaporan {
  complaints(first: 10) {
    edges {
      node {
        trackingId       # as on SP4N-LAPOR!
        title
        submittedAt      # UTC
        statusLabel      # Terdisposisi, ...
        agency { name }  # instansi
        region { name }  # wilayah
      }
      late      # came after its page
    }
    complete    # false: a system is missing,
    answers {   # and this says which
      source { name }
      state
      code
      message
    }
    totalCount { value exact }
    pageInfo { hasNextPage endCursor }
  }
}
"""
"""What the console opens with."""

ROADS = """\
query RoadComplaints {
  complaints(
    first: 20
    filter: { regions: ["64"], categories: ["1501", "1502"] }
  ) {
    edges { late node { trackingId title submittedAt statusLabel region { name } } }
    totalCount { value exact }
    complete
    answers { source { name } state code }
    pageInfo { hasNextPage endCursor }
  }
}
"""
"""The newest road complaints of Kalimantan Timur, over every source."""

STATUS = """\
query OneTrackingNumber {
  complaint(trackingId: "9165816") {
    trackingId title status statusLabel submittedAt updatedAt closedAt
    agency { name level }
    region { name parent { name } }
    category { name parent { name } }
  }
}
"""
"""What the public may know of one tracking number; 9165816 is always there in the sandbox."""

SOURCES = """\
query SourcesAndNewest {
  sources { id name state lastSuccessAt }
  complaints(first: 8) {
    edges { late node { trackingId title submittedAt region { name } } }
    complete
    answers { source { id } state mode asOf code message }
  }
}
"""
"""Who was asked, and how each of them answered."""

TOUR = {
    "Road complaints of Kalimantan Timur": ROADS,
    "One tracking number": STATUS,
    "Sources and the newest of all": SOURCES,
}
"""Title to query, in the order in which they are shown."""
