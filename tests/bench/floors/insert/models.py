from django.db import models


class Text(models.Model):
    sender = models.CharField(max_length=20)
    recipient = models.CharField(max_length=20)
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    external_id = models.CharField(max_length=64, unique=True)

    class Meta:
        app_label = "insert"
