"""The city of Surabaya (WargaKu): REST with basic authentication, pages by `Link` headers."""
