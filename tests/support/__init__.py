"""What several tests share: small books made by hand or by chance. No test lives here."""
